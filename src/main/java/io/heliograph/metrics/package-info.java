/**
 * What is counted, how the counts hang together, and the text that a monitor reads.
 *
 * <p>Owns every metric's name, meaning and relation. Refuses dynamic labels: whatever a label can
 * say is an enum here, so that a client cannot make a series.
 *
 * <p>Decided: {@link io.heliograph.metrics.HubMetrics} counts by itself and mirrors each count to
 * the MicroProfile registry, which servers show in ways of their own: names, scopes and quantiles
 * differ, Payara's lives longer than the application, and a server may have none. The text is
 * therefore made here, the same on every server. Only quantiles are asked of the registry's timers,
 * and left out without one. What was registered is removed at the end, and nothing else.
 *
 * <p>The text is written by Prometheus' own {@code prometheus-metrics-exposition-textformats}:
 * three small jars that bring nothing else, start no thread and keep nothing outside their class
 * loader. They do read {@code io.prometheus} properties, which nobody needs to set. Rejected: that
 * library's registry, a second one beside the server's; the servers' own pages, of which Tomcat and
 * WildFly have none.
 */
@NullMarked
package io.heliograph.metrics;

import org.jspecify.annotations.NullMarked;
