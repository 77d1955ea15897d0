#!/usr/bin/env bash
# Sets a running Payara 6 domain up for the hub. Again it changes nothing.
#
#   setup.sh DATA-DIRECTORY
#
# Besides what asadmin.sh reads:
#   HUB_HEAP       of the JVM, default 1g: 256 MiB for the server and the hub, some 24 KiB for each
#                  open connection, and heliograph.rings.bytes
#   HUB_SELECTORS  threads that watch sockets, default: this machine's cores
set -euo pipefail
. "$(dirname "$0")/asadmin.sh"

if [[ $# -ne 1 || $1 != /* ]]; then
  echo "usage: setup.sh DATA-DIRECTORY, an absolute path: events, keys and sessions are kept there" >&2
  exit 2
fi
data=$1
heap=${HUB_HEAP:-1g}
selectors=${HUB_SELECTORS:-$(nproc)}

# Only the server's user reads what was published. If the server runs as another than this script:
# chown it before the deployment.
mkdir -p "$data"
chmod 700 "$data"

network=configs.config.server-config.network-config
settings=()

for listener in http-listener-1 http-listener-2; do
  http=$network.protocols.protocol.$listener.http
  settings+=(
    # How long a connection may be idle between two requests. An open stream is a request under way
    # and is not touched; a publisher that sends now and then keeps its connection.
    "$http.timeout-seconds=60"
    # Despite its name: the requests that one connection may carry before it is closed. At the 250 of
    # a new domain a busy publisher connects anew several times a second.
    "$http.max-connections=100000"
    # A compressor keeps events back until it has enough of them.
    "$http.compression=off"
    # What the server collects of a response before it writes. An event goes out at once anyway;
    # more would only be memory that each open connection holds.
    "$http.send-buffer-size-bytes=8192"
    # Browsers use HTTP/2 over TLS only, which is http-listener-2: all streams of a page share a
    # connection there, while HTTP/1.1 gives a host no more than six.
    "$http.http2-enabled=true"
    # Streams that one such connection may carry; a browser needs less, a proxy that bundles people more.
    "$http.http2-max-concurrent-streams=250"
    # Keys with a '/' (%2F in a path) can be read.
    "$http.encoded-slash-enabled=true"
    # Nobody needs to know which server this is.
    "$http.server-header=false"
    "$http.xpowered-by=false"
  )
done

settings+=(
  # Selector threads: they accept, and find out which sockets can be read and written. At the one of a
  # new domain all streams of the machine pass through a single core.
  "$network.transports.transport.tcp.acceptor-threads=$selectors"
  # Despite its name: connections that may wait to be accepted (the backlog). After a restart all
  # clients come at once. The kernel's net.core.somaxconn (4096) is a limit of its own.
  "$network.transports.transport.tcp.max-connections-count=8192"
  # For those writes that wait; events are not written so, pages of history are. Whoever takes
  # nothing for so long is cut off.
  "$network.transports.transport.tcp.write-timeout-millis=30000"
  # Threads run requests until the hub has taken them over; no open stream holds one. So few are
  # enough, but not the 5 of a new domain: each check of a password by the realm keeps one busy.
  "configs.config.server-config.thread-pools.thread-pool.http-thread-pool.max-thread-pool-size=64"
  "configs.config.server-config.thread-pools.thread-pool.http-thread-pool.min-thread-pool-size=8"
)

quietly admin set "${settings[@]}"
echo "HTTP settings are set"

quietly admin create-system-properties "heliograph.data=$data"
echo "heliograph.data is $data"

# JVM options. Of a new domain's: a fixed share for young objects keeps G1 from meeting its pauses.
unwanted=(-XX:NewRatio=2)
wanted=(
  # At once and for good: a heap that grows while clients storm back pauses when it is least wanted.
  "-Xms$heap"
  "-Xmx$heap"
  # Asked for by name, because on a small machine the JVM would choose one that stops for longer.
  -XX:+UseG1GC
  -XX:MaxGCPauseMillis=50
  # A server without memory keeps connections open and gives them nothing. Ended, it is started again.
  -XX:+ExitOnOutOfMemoryError
  # Each thread that writes keeps direct memory as large as its largest write, but no more than this.
  -Djdk.nio.maxCachedBufferSize=262144
)

admin list-jvm-options > "$scratch/options"
# Lines are options, some with the versions of Java that they are for.
present() { grep -qxF -- "$1" "$scratch/options"; }
joined() {
  # asadmin separates options by ':', so those within one are escaped.
  local option all=''
  for option in "$@"; do
    all+=":${option//:/\\:}"
  done
  printf '%s' "${all:1}"
}

missing=()
for option in "${wanted[@]}"; do
  present "$option" || missing+=("$option")
done
while IFS= read -r option; do
  case $option in
    -Xmx* | -Xms*) [[ $option == "-Xmx$heap" || $option == "-Xms$heap" ]] || unwanted+=("$option") ;;
  esac
done < "$scratch/options"
surplus=()
for option in "${unwanted[@]}"; do
  present "$option" && surplus+=("$option")
done

if (( ${#surplus[@]} > 0 )); then
  quietly admin delete-jvm-options "$(joined "${surplus[@]}")"
fi
if (( ${#missing[@]} > 0 )); then
  quietly admin create-jvm-options "$(joined "${missing[@]}")"
fi
if (( ${#surplus[@]} + ${#missing[@]} > 0 )); then
  echo "JVM options are set: restart the domain (asadmin restart-domain)"
else
  echo "JVM options were set already"
fi

if [[ $(ulimit -n) != unlimited ]] && (( $(ulimit -n) < 65536 )); then
  echo "note: here a process may open $(ulimit -n) files; each open connection is one. See ulimit -n, or LimitNOFILE of a systemd unit" >&2
fi
