#!/usr/bin/env bash
# Makes a user of the server's realm, or gives one a new password and other roles.
#
#   user.sh NAME ROLE...        events-read-own events-read-all events-publish events-admin
#
# Asks for the password, or reads it from the first line of standard input. A running server knows it
# within ten seconds.
set -euo pipefail
. "$(dirname "$0")/tomcat.sh"
. "$here/../asked-user.sh"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
umask 077

# Tomcat's own tool for digests (bin/digest.sh) takes the password in its command line; from a file of
# arguments the JVM reads the rest of the line.
quoted=${password//\\/\\\\}
quoted=${quoted//\"/\\\"}
cat > "$scratch/arguments" <<EOF
-cp "$CATALINA_HOME/bin/bootstrap.jar:$CATALINA_HOME/bin/tomcat-juli.jar"
"-Dcatalina.home=$CATALINA_HOME"
org.apache.catalina.startup.Tool
-server
org.apache.catalina.realm.RealmBase
-h org.apache.catalina.realm.SecretKeyCredentialHandler
-a PBKDF2WithHmacSHA512 -i 20000 -k 256 -s 16
"$quoted"
EOF
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
# It prints the password, a colon and the digest, which has no colon.
digest=$("$java" "@$scratch/arguments")
digest=${digest##*:}
if [[ ! $digest =~ ^[0-9a-f]+\$20000\$[0-9a-f]+$ ]]; then
  echo "Tomcat's tool made no digest" >&2
  exit 1
fi

users=$CATALINA_BASE/conf/tomcat-users.xml
{
  grep -vF -e "<user username=\"$name\"" -e '</tomcat-users>' "$users"
  printf '  <user username="%s" password="%s" roles="%s"/>\n</tomcat-users>\n' "$name" "$digest" "$(IFS=,; printf '%s' "${roles[*]}")"
} > "$scratch/users"
# In place, so that owner and mode stay.
cat "$scratch/users" > "$users"
echo "$name has the roles ${roles[*]}"
