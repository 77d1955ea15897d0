# Sourced by the scripts beside it: which Tomcat.
#
#   CATALINA_HOME  the unpacked server
#   CATALINA_BASE  where its conf, webapps and logs are; default: CATALINA_HOME

if [[ ! -f ${CATALINA_HOME:-}/bin/bootstrap.jar ]]; then
  echo "CATALINA_HOME is '${CATALINA_HOME:-}', where there is no bin/bootstrap.jar; set it to an unpacked Tomcat 10.1 or 11" >&2
  exit 2
fi
CATALINA_BASE=${CATALINA_BASE:-$CATALINA_HOME}
here=$(dirname "${BASH_SOURCE[0]}")
