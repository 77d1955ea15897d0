#!/usr/bin/env bash
# Sets a Tomcat that does not run up for the hub. Again it changes nothing.
#
#   setup.sh DATA-DIRECTORY
#
# Besides what tomcat.sh reads:
#   HUB_HEAP  of the JVM, default 1g: 256 MiB for the server and the hub, some 80 KiB for each open
#             connection, and heliograph.rings.bytes
set -euo pipefail
. "$(dirname "$0")/tomcat.sh"

if [[ $# -ne 1 || $1 != /* ]]; then
  echo "usage: setup.sh DATA-DIRECTORY, an absolute path: events, keys and sessions are kept there" >&2
  exit 2
fi
data=$1
heap=${HUB_HEAP:-1g}

# Only the server's user reads what was published. If the server runs as another than this script:
# chown it before the start.
mkdir -p "$data"
chmod 700 "$data"

mkdir -p "$CATALINA_BASE"/{bin,conf,logs,temp,webapps,work}
if [[ $CATALINA_BASE != "$CATALINA_HOME" ]]; then
  cp -n "$CATALINA_HOME"/conf/* "$CATALINA_BASE/conf/"
fi
if ! cmp -s "$here/server.xml" "$CATALINA_BASE/conf/server.xml"; then
  cp "$CATALINA_BASE/conf/server.xml" "$CATALINA_BASE/conf/server.xml.before-heliograph"
  cp "$here/server.xml" "$CATALINA_BASE/conf/server.xml"
fi
# Why an application does not start, a wrong setting of the hub's for one, is said where everything is.
sed -i 's/^\(org\.apache\.catalina\.core\.ContainerBase\.\[Catalina\]\.\[localhost\]\.handlers\) *=.*/\1 = 2localhost.org.apache.juli.AsyncFileHandler, java.util.logging.ConsoleHandler/' \
  "$CATALINA_BASE/conf/logging.properties"

# Digests of passwords are nobody's to read but the server's.
chmod 600 "$CATALINA_BASE/conf/tomcat-users.xml"

# What Tomcat shows of itself; nobody needs it, and the hub takes the place of the root.
for shown in ROOT docs examples; do
  if [[ -d $CATALINA_BASE/webapps/$shown && ! -f $CATALINA_BASE/webapps/$shown.war ]]; then
    rm -rf "${CATALINA_BASE:?}/webapps/$shown"
  fi
done

# A heap that grows while clients storm back pauses when it is least wanted. A server without memory keeps
# connections open and gives them nothing; ended, it is started again. Each thread that writes keeps direct
# memory as large as its largest write, but no more than maxCachedBufferSize.
cat > "$CATALINA_BASE/bin/setenv.sh" <<EOF
CATALINA_OPTS="\$CATALINA_OPTS -Xms$heap -Xmx$heap -XX:+UseG1GC -XX:MaxGCPauseMillis=50 -XX:+ExitOnOutOfMemoryError"
CATALINA_OPTS="\$CATALINA_OPTS -Djdk.nio.maxCachedBufferSize=262144 -Dheliograph.data=$data"
EOF
echo "Tomcat in $CATALINA_BASE is set up, heliograph.data is $data"

if [[ $(ulimit -n) != unlimited ]] && (( $(ulimit -n) < 65536 )); then
  echo "note: here a process may open $(ulimit -n) files; each open connection is one. See ulimit -n, or LimitNOFILE of a systemd unit" >&2
fi
