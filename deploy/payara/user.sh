#!/usr/bin/env bash
# Makes a user of the server's realm, or gives one a new password and other groups.
#
#   user.sh NAME GROUP...        groups: events-read-own events-read-all events-publish events-admin
#
# Asks for the password, or reads it from the first line of standard input; it is never in a command
# line, which every user of the machine can read.
set -euo pipefail
. "$(dirname "$0")/asadmin.sh"

if [[ $# -lt 2 ]]; then
  echo "usage: user.sh NAME GROUP..." >&2
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
groups=$(IFS=:; printf '%s' "$*")

if [[ -t 0 ]]; then
  read -rsp "Password of $name: " password
  echo
else
  IFS= read -r password || [[ -n $password ]]
fi
# asadmin reads the file as Java's properties: Latin-1, and '\' escapes. The realm
# takes no spaces.
if [[ -z $password || $password == *[^!-~]* ]]; then
  echo "a password has one character at least, none but ASCII, and no space" >&2
  exit 2
fi
(
  umask 077
  cat "$scratch/admin" > "$scratch/user"
  printf '\nAS_ADMIN_USERPASSWORD=%s\n' "${password//\\/\\\\}" >> "$scratch/user"
)

if admin list-file-users | grep -qxF -- "$name"; then
  quietly with_passwords "$scratch/user" update-file-user --groups "$groups" "$name"
  echo "$name has a new password and the groups $*"
else
  quietly with_passwords "$scratch/user" create-file-user --groups "$groups" "$name"
  echo "$name is made, with the groups $*"
fi
