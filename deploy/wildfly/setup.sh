#!/usr/bin/env bash
# Sets a WildFly that does not run up for the hub. Again it changes nothing.
#
#   setup.sh DATA-DIRECTORY
#
# Besides what wildfly.sh reads: JAVA_HOME.
set -euo pipefail
. "$(dirname "$0")/wildfly.sh"

if [[ $# -ne 1 || $1 != /* ]]; then
  echo "usage: setup.sh DATA-DIRECTORY, an absolute path: events, keys and sessions are kept there" >&2
  exit 2
fi
data=$1

# Only the server's user reads what was published. If the server runs as another than this script:
# chown it before the start.
mkdir -p "$data"
chmod 700 "$data"

export JBOSS_HOME
JAVA_OPTS="-Djboss.server.base.dir=$JBOSS_BASE" sh "$JBOSS_HOME/bin/jboss-cli.sh" --file="$here/heliograph.cli"

# What the start itself is logged with, which the tool leaves as it is until then.
sed -i 's/^logger\.org\.jboss\.as\.config\.level=.*/logger.org.jboss.as.config.level=INFO/' "$JBOSS_BASE/configuration/logging.properties"

echo "WildFly in $JBOSS_BASE is set up; start it with"
echo "  HELIOGRAPH_DATA=$data JAVA_OPTS='-Xms1g -Xmx1g -XX:+UseG1GC -XX:MaxGCPauseMillis=50 -XX:+ExitOnOutOfMemoryError -Djdk.nio.maxCachedBufferSize=262144 -Djava.net.preferIPv4Stack=true' $JBOSS_HOME/bin/standalone.sh"

if [[ $(ulimit -n) != unlimited ]] && (( $(ulimit -n) < 65536 )); then
  echo "note: here a process may open $(ulimit -n) files; each open connection is one. See ulimit -n, or LimitNOFILE of a systemd unit" >&2
fi
