#!/usr/bin/env bash
# Makes a user of the server's realm, or gives one a new password and other groups.
#
#   user.sh NAME GROUP...        events-read-own events-read-all events-publish events-admin
#
# Asks for the password, or reads it from the first line of standard input; it is never in a command
# line, which every user of the machine can read. A running server knows it after
# jboss-cli.sh -c '/subsystem=elytron/properties-realm=ApplicationRealm:load'
set -euo pipefail
. "$(dirname "$0")/wildfly.sh"

if [[ $# -lt 2 || ! $1 =~ ^[A-Za-z0-9._@-]+$ ]]; then
  echo "usage: user.sh NAME GROUP..., the name of letters, digits and . _ @ -" >&2
  exit 2
fi
name=$1
shift
for group in "$@"; do
  case $group in
    events-read-own | events-read-all | events-publish | events-admin) ;;
    *)
      echo "$group is no role of the hub: events-read-own, events-read-all, events-publish, events-admin" >&2
      exit 2
      ;;
  esac
done
groups=$(IFS=,; printf '%s' "$*")

if [[ -t 0 ]]; then
  read -rsp "Password of $name: " password
  echo
else
  IFS= read -r password || [[ -n $password ]]
fi
if [[ -z $password || $password == *[^\ -~]* ]]; then
  echo "a password has one character at least, and none but ASCII" >&2
  exit 2
fi

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
-u "$name" -p "$quoted" -g "$groups"
EOF
)
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
if ! said=$("$java" "@$scratch/arguments" 2>&1); then
  printf '%s\n' "$said" >&2
  exit 1
fi
echo "$name has the groups $*"
