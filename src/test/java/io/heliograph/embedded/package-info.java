/**
 * The hub on Payara Embedded: for {@code mvn -Prun}, for tests that kill it and for benchmarks.
 *
 * <p>Owns everything that knows Payara Embedded. It lies among the test sources because the server
 * must not enter the WAR. Refuses to configure the hub: settings pass through it unread.
 *
 * <p>What a start makes up about people (a password, a key) goes from the hub's JVM to its starter
 * on a line of its own, which enters no log and no message, and is shown once.
 *
 * <p>Decided: the server gets a JVM of its own ({@link io.heliograph.embedded.HubProcess}), also
 * under {@code mvn -Prun}, where Maven's JVM only watches it. Rejected: the server inside Maven's
 * JVM, which Maven would have to be started for with {@code --add-opens}; and the exec plugin's own
 * child process, which outlives a Maven that gets SIGTERM.
 */
@NullMarked
package io.heliograph.embedded;

import org.jspecify.annotations.NullMarked;
