/**
 * The log for those who ask: {@code GET /api/v2/streams/{stream}[/{key}]/events}, a page at a time,
 * and {@code GET /api/v2/events/{id}}.
 *
 * <p>Owns positions, filters and gaps of the JSON history. Refuses to hold anything between two
 * requests: {@code next} carries all there is. What may be seen is {@link
 * io.heliograph.stream.Visibility}'s to say.
 *
 * <p>Decided:
 *
 * <ul>
 *   <li>Without a position and a time a page begins with the oldest event kept: history is asked
 *       for what was. {@code after=0} means the same.
 *   <li>A position that is malformed, or none of this log, is a gap and no 400, exactly as in a
 *       stream: pollers hand back what they were given, and must get on. Under {@code
 *       replay.lost=fresh} they go on with what comes.
 *   <li>{@code next} is how far was looked, not the last event given, so that a filter which lets
 *       little through gets on; a page looks at no more than ten reads of the log, and may be
 *       empty. Where {@code next} is what was asked for, that is all.
 *   <li>{@code until} is exclusive, {@code since} inclusive: two adjoining periods share no event.
 *   <li>A page ends at 1 MiB of data, because an answer is in memory until its receiver has taken
 *       it.
 *   <li>A few threads read the log and never wait for a socket. Answers are written by others, of
 *       which there are many, for they are written by blocking: a receiver that does not read holds
 *       one until the container's write time-out (Payara: 30 s). So those who mean harm can hold up
 *       answers of history, but neither its reading nor anything else. When threads or memory for
 *       answers run out, askers are refused.
 *   <li>{@code wait} holds a request, not a thread: {@link io.heliograph.stream.Arrivals} wakes it.
 *       It cannot go with {@code until}. When the node stops, whoever waits is answered at once
 *       with an empty page, and asks the next node. By then the JAX-RS runtime may have ended
 *       (Payara), so answers that are not errors go to the servlet's response, past it.
 *   <li>Whoever waits has a place from its first wait to its answer, one of those that its address
 *       and its user may have. Not every container says that a client has gone before it is written
 *       to: such a place comes back when the wait ends, within a minute.
 *   <li>Whoever waits is not answered once its credential has ended, even if an event came.
 *   <li>{@code GET /api/v2/events/{id}} tells nobody whether an event exists that it may not see:
 *       what is not there and what is not to be seen are answered the same, by who asks.
 *   <li>Ids are strings in JSON, as they are in an {@code id:} line; times have milliseconds
 *       always, so that they sort as text.
 * </ul>
 *
 * <p>Rejected: page numbers and offsets, which move while the log grows and is trimmed; totals,
 * which nobody can give without reading all of it.
 */
@NullMarked
package io.heliograph.history;

import org.jspecify.annotations.NullMarked;
