# Sourced by the scripts beside it: which WildFly.
#
#   JBOSS_HOME  the unpacked server
#   JBOSS_BASE  where its configuration and deployments are; default: JBOSS_HOME/standalone

if [[ ! -f ${JBOSS_HOME:-}/jboss-modules.jar ]]; then
  echo "JBOSS_HOME is '${JBOSS_HOME:-}', where there is no jboss-modules.jar; set it to an unpacked WildFly" >&2
  exit 2
fi
JBOSS_BASE=${JBOSS_BASE:-$JBOSS_HOME/standalone}
here=$(dirname "${BASH_SOURCE[0]}")
