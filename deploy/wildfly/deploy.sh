#!/usr/bin/env bash
# Deploys the hub, or a new version of it in the place of the old one, into a WildFly that does not run.
#
#   deploy.sh heliograph-wildfly.war [NAME]      default: ROOT, which is /; another name is /name
#
# Stop the server before (a signal, or jboss-cli.sh -c :shutdown): clients are told when to come back, find
# nobody, try again, and get what was published meanwhile. A running server that exchanges an application
# answers 404 for a while, at which an EventSource gives up for good.
set -euo pipefail
. "$(dirname "$0")/wildfly.sh"

if [[ $# -lt 1 || $# -gt 2 || ! -f $1 ]]; then
  echo "usage: deploy.sh heliograph-wildfly.war [NAME]" >&2
  exit 2
fi
name=${2:-ROOT}
# The markers of an old version's fate beside it.
rm -f "$JBOSS_BASE/deployments/$name.war".*
cp "$1" "$JBOSS_BASE/deployments/$name.war"
echo "$name.war is there when WildFly has started"
