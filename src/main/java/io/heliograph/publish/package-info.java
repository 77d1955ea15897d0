/**
 * The door for publishing: {@code POST /api/v2/streams/{stream}[/{key}]/events}.
 *
 * <p>Owns how a request becomes a {@link io.heliograph.log.Publication}: the formats it may come
 * in, their limits, idempotency keys, and what is answered. {@link io.heliograph.publish.Publisher}
 * is the way in for those who have drafts already. Refuses to queue, number or store anything: that
 * is the appender's.
 *
 * <p>Decided:
 *
 * <ul>
 *   <li>None of the container's threads waits for a body: what has not arrived with its headers is
 *       read on a bounded pool. 30 s and 8 MiB bound what a sender can hold; the answer to one who
 *       is over either closes the connection. Whether any other answer keeps it is the server's to
 *       say, which passes over what is left of the body: Payara closes after 400 and 503, read or
 *       not, and keeps it after 404, 409, 415 and 422.
 *   <li>Answers are written on an executor, never on the appender's thread: a client that does not
 *       read would stop all publishers.
 *   <li>Data is cut out of the body by the parser's byte offsets, so what goes in comes out: {@code
 *       1.10}, {@code 1e400}, spaces and escapes. What is not UTF-8 is refused before, because the
 *       parser passes over the inside of what it skips. A field given twice is refused, also within
 *       data: two readers could see two different events. A byte order mark is passed over (RFC
 *       8259, 8.1).
 *   <li>{@code data} must be there, {@code null} says nothing on purpose. An unknown field is
 *       refused, for it is most often a misspelt one. A batch without events is refused, though
 *       CloudEvents would allow it: nothing could be answered but that nothing was done.
 *   <li>400 is for what is not the format that it claims to be, 422 for what is but does not fit;
 *       both name the place. In a batch the message says which event, counted from 0.
 *   <li>A CloudEvent becomes an event: {@code type}, {@code subject} as a key, {@code tenant},
 *       {@code owner}, {@code correlationid} and {@code retain} from extension attributes; other
 *       attributes are not kept. Its data is JSON here: JSON stays, text becomes a string, other
 *       bytes a string of Base64, in every mode alike; none is {@code null}. Its idempotency key is
 *       made of source and id, its fingerprint of the event, so the same one is known again in
 *       another mode or batch. The {@code Idempotency-Key} header wins, for the whole request.
 *   <li>{@code Idempotency-Key} is taken as it stands, 1 to 255 visible ASCII characters; quotes
 *       (as in the IETF's draft) are a part of it. Its fingerprint covers stream, key, content
 *       type, {@code ce-} headers and body, not the context path.
 *   <li>Bodies that have not arrived with their headers are waited for by 256 threads, of which the
 *       senders at one address get 16: who sends a byte a minute is in nobody's way but its own.
 * </ul>
 *
 * <p>Rejected: JSON binding, which reads data into a tree and writes another text; the CloudEvents
 * SDK (Apache-2.0), whose JSON format is built on jackson-databind and reads data into such a tree,
 * where the four attributes needed here take a page of code; form parameters and multipart, which
 * hold no types; a {@code ReadListener}, which needs no thread at all but loses bytes on Payara
 * (see {@link io.heliograph.body.BodyReader}).
 */
@NullMarked
package io.heliograph.publish;

import org.jspecify.annotations.NullMarked;
