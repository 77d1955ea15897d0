# Sourced by the scripts beside it: asadmin, called as they all call it.
#
#   ASADMIN          the server's tool, payara6/bin/asadmin; default: the one on the PATH
#   ADMIN_PORT       the port of the domain's administration; default 4848
#   ADMIN_USER       default admin
#   ADMIN_PASSWORDS  asadmin's password file (AS_ADMIN_PASSWORD=...); default: no password is sent
#
# None begins with HELIOGRAPH_: a server started from the same shell would take it for a setting.

ASADMIN=${ASADMIN:-asadmin}
ADMIN_PORT=${ADMIN_PORT:-4848}
ADMIN_USER=${ADMIN_USER:-admin}
APPLICATION=heliograph

if ! command -v "$ASADMIN" >/dev/null; then
  echo "$ASADMIN is not there; set ASADMIN to the server's bin/asadmin" >&2
  exit 2
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
chmod 700 "$scratch"

# Password files stand before the subcommand; after it the tool does not know them.
with_passwords() {
  local passwords=$1
  shift
  "$ASADMIN" --user "$ADMIN_USER" --port "$ADMIN_PORT" --interactive=false --passwordfile "$passwords" "$@"
}

if [[ -n "${ADMIN_PASSWORDS:-}" ]]; then
  cp "$ADMIN_PASSWORDS" "$scratch/admin"
else
  echo 'AS_ADMIN_PASSWORD=' > "$scratch/admin"
fi
chmod 600 "$scratch/admin"

admin() {
  with_passwords "$scratch/admin" "$@"
}

# What asadmin says when it fails is all that there is to say.
quietly() {
  local said
  if ! said=$("$@" 2>&1); then
    printf '%s\n' "$said" >&2
    return 1
  fi
}
