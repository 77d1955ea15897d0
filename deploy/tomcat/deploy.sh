#!/usr/bin/env bash
# Deploys the hub, or a new version of it in the place of the old one, into a Tomcat that does not run.
#
#   deploy.sh heliograph-tomcat.war [CONTEXT-ROOT]      default: /
#
# Stop the server before (bin/catalina.sh stop, or a signal): clients are told when to come back, find
# nobody, try again, and get what was published meanwhile. A running server that exchanges an application
# answers 404 for a while, at which an EventSource gives up for good.
set -euo pipefail
. "$(dirname "$0")/tomcat.sh"

if [[ $# -lt 1 || $# -gt 2 || ! -f $1 ]]; then
  echo "usage: deploy.sh heliograph-tomcat.war [CONTEXT-ROOT]" >&2
  exit 2
fi
# Tomcat's way to write a path as the name of a file.
root=${2:-/}
root=${root#/}
name=${root//\//#}
name=${name:-ROOT}

# What was unpacked of the old version would be used again.
rm -rf "${CATALINA_BASE:?}/webapps/$name"
cp "$1" "$CATALINA_BASE/webapps/$name.war"
echo "the hub is at /$root once Tomcat has started"
