/**
 * The benchmark behind {@code mvn -Pbench}: the hub against a textbook {@code SseBroadcaster}, on
 * one server, in one run; {@code -Dserver=} says on which.
 *
 * <p>Three parts. {@link io.heliograph.bench.Bench} drives and prints the table. {@link
 * io.heliograph.bench.LoadClient} is a process of its own that publishes and subscribes, told what
 * to do line by line. The server is a third process, so that its CPU and memory are its own; {@link
 * io.heliograph.server.TestServer} starts it.
 *
 * <p>Decided: subscribers are a selector and a parser that allocates nothing for an event, because
 * client and server share the machine's cores and a costly client would be measured as a slow
 * server. Every connection checks numbers as well as times, so a fast hub that loses something is a
 * failed run and not a good one. Publisher and subscribers are one process, so that a publisher can
 * wait for its slowest reader.
 *
 * <p>Every server has the same JVM, with the same heap and collector, and is asked for its figures
 * in the same way: from outside, through its JVM's own beans. Rejected for that: code of ours
 * within the server, which each one would have to be taught, and the JDK's tools, each call of
 * which is a JVM that starts beside what is measured.
 *
 * <p>Rejected: an HTTP client library (thousands of connections cost it more than the server), and
 * an open-ended flood as the measure of saturation: the textbook closes whoever is 256 events
 * behind, so it could never be compared.
 */
@NullMarked
package io.heliograph.bench;

import org.jspecify.annotations.NullMarked;
