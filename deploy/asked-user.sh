# Sourced by each server's user.sh, with its arguments: whom to make. Sets name, roles and password.
#
# Asks for the password, or reads it from the first line of standard input; it is never in a command
# line, which every user of the machine can read.

if [[ $# -lt 2 || ! $1 =~ ^[A-Za-z0-9._@][A-Za-z0-9._@-]*$ ]]; then
  echo "usage: user.sh NAME ROLE..., the name of letters, digits and . _ @ -" >&2
  exit 2
fi
name=$1
shift
roles=("$@")
for role in "${roles[@]}"; do
  case $role in
    events-read-own | events-read-all | events-publish | events-admin) ;;
    *)
      echo "$role is no role of the hub: events-read-own, events-read-all, events-publish, events-admin" >&2
      exit 2
      ;;
  esac
done

if [[ -t 0 ]]; then
  read -rsp "Password of $name: " password
  echo
else
  IFS= read -r password || [[ -n $password ]]
fi
# Servers' files are Latin-1 or UTF-8 and their realms trim: what they all agree on.
if [[ -z $password || $password == *[^!-~]* ]]; then
  echo "a password has one character at least, none but ASCII, and no space" >&2
  exit 2
fi
