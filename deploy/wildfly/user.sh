#!/usr/bin/env bash
# Makes a user of the server's realm, or gives one a new password and other groups.
#
#   user.sh NAME GROUP...        events-read-own events-read-all events-publish events-admin
#
# Asks for the password, or reads it from the first line of standard input. A running server knows it
# after jboss-cli.sh -c '/subsystem=elytron/properties-realm=ApplicationRealm:load'
set -euo pipefail
. "$(dirname "$0")/wildfly.sh"
. "$here/../asked-user.sh"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The server's own tool (bin/add-user.sh) takes the password in its command line; from a file of arguments
# the JVM reads the rest of the line.
quoted=${password//\\/\\\\}
quoted=${quoted//\"/\\\"}
(
  umask 077
  cat > "$scratch/arguments" <<EOF
"-Djboss.home.dir=$JBOSS_HOME"
"-Djboss.server.base.dir=$JBOSS_BASE"
-jar "$JBOSS_HOME/jboss-modules.jar"
-mp "$JBOSS_HOME/modules"
org.jboss.as.domain-add-user
--silent -a -r ApplicationRealm -sc "$JBOSS_BASE/configuration"
-u "$name" -p "$quoted" -g "$(IFS=,; printf '%s' "${roles[*]}")"
EOF
)
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
if ! said=$("$java" "@$scratch/arguments" 2>&1); then
  printf '%s\n' "$said" >&2
  exit 1
fi
echo "$name has the groups ${roles[*]}"
