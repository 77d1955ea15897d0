#!/usr/bin/env bash
# Deploys the hub, or a new version of it in the place of the old one.
#
#   deploy.sh heliograph.war [CONTEXT-ROOT]      default: /
#
# Clients of the old version are told when to come back, and get what was published meanwhile. While
# there is no hub the server would answer 404, at which an EventSource gives up for good; so the
# listeners are closed for that time, and clients that find nobody there try again. Applications
# beside the hub are away as long: set LISTENERS='' to leave the listeners open.
set -euo pipefail
. "$(dirname "$0")/asadmin.sh"

if [[ $# -lt 1 || $# -gt 2 || ! -f $1 ]]; then
  echo "usage: deploy.sh heliograph.war [CONTEXT-ROOT]" >&2
  exit 2
fi
war=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
root=${2:-/}
listeners=${LISTENERS-http-listener-1 http-listener-2}

listening() {
  local listener
  for listener in $listeners; do
    echo "set configs.config.server-config.network-config.network-listeners.network-listener.$listener.enabled=$1"
  done
}

# One call of asadmin for all: between two it would take seconds, and answer 404 meanwhile.
at_once() {
  local said
  said=$(admin multimode --file "$1" 2>&1) || true
  if grep -q ' failed\.$' <<< "$said"; then
    printf '%s\n' "$said" >&2
    return 1
  fi
}

if admin list-applications | grep -q "^$APPLICATION "; then
  # Undeploying takes longer than disabling: an EventSource would be back before the listeners are
  # closed. But what is deployed over a disabled application stays disabled.
  { echo "disable $APPLICATION"; listening false; echo "undeploy $APPLICATION"; } > "$scratch/close"
  listening true > "$scratch/open"
  # Also when the new version cannot be deployed.
  trap 'at_once "$scratch/open"; rm -rf "$scratch"' EXIT
  at_once "$scratch/close"
  echo "the old version has ended"
fi
quietly admin deploy --name "$APPLICATION" --contextroot "$root" "$war"
echo "the hub is deployed at $root"
