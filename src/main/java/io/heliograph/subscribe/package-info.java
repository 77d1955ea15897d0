/**
 * The door for reading a stream live: {@code GET /api/v2/streams/{stream}[/{key}]}.
 *
 * <p>Owns what a request says about what it wants to read, and the hand-over of its response to a
 * sink. Refuses everything after that: once registered, a connection is {@code stream}'s.
 *
 * <p>Decided: the request's {@code AsyncResponse} is taken and never resumed. The JAX-RS runtime
 * has started the servlet's asynchronous mode by then, and its response is written without it.
 */
@NullMarked
package io.heliograph.subscribe;

import org.jspecify.annotations.NullMarked;
