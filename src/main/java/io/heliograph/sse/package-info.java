/**
 * The wire: what a server-sent event looks like in bytes, and how bytes get into a socket without
 * anybody waiting for it.
 *
 * <p>Owns the encoder, after WHATWG HTML, section 9.2, and {@link
 * io.heliograph.sse.ServletEventSink}, one connection's non-blocking writer. Refuses to know what
 * is sent: a sink pulls from a {@link io.heliograph.sse.ServletEventSink.Source} and never queues
 * events itself.
 *
 * <p>Decided: pulling instead of pushing, because a push needs a queue for each connection and
 * somebody has to bound it. The JAX-RS {@code send} keeps a short bounded outbox for what is not in
 * the log. Rejected: the containers' own sinks. Jersey's blocks the sender and queues without
 * bound, RESTEasy's queues without bound and encodes once per connection.
 */
@NullMarked
package io.heliograph.sse;

import org.jspecify.annotations.NullMarked;
