#!/usr/bin/env bash
# Makes a user of the server's realm, or gives one a new password and other groups.
#
#   user.sh NAME GROUP...        groups: events-read-own events-read-all events-publish events-admin
#
# Asks for the password, or reads it from the first line of standard input.
set -euo pipefail
. "$(dirname "$0")/asadmin.sh"
. "$(dirname "$0")/../asked-user.sh"

# asadmin separates groups by ':', and reads the file as Java's properties, where '\' escapes.
groups=$(IFS=:; printf '%s' "${roles[*]}")
(
  umask 077
  cat "$scratch/admin" > "$scratch/user"
  printf '\nAS_ADMIN_USERPASSWORD=%s\n' "${password//\\/\\\\}" >> "$scratch/user"
)

if admin list-file-users | grep -qxF -- "$name"; then
  quietly with_passwords "$scratch/user" update-file-user --groups "$groups" "$name"
  echo "$name has a new password and the groups ${roles[*]}"
else
  quietly with_passwords "$scratch/user" create-file-user --groups "$groups" "$name"
  echo "$name is made, with the groups ${roles[*]}"
fi
