/**
 * Requests' bodies: reading them without holding the container's threads, and the JSON in them.
 *
 * <p>Owns {@link io.heliograph.body.BodyReader}, whose threads are shared fairly between senders,
 * {@link io.heliograph.body.JsonBody}, which walks JSON and refuses what is none, and {@link
 * io.heliograph.body.JsonText}, which writes it. Refuses to know what a body is about.
 *
 * <p>Decided: JSON is read and written by hand, not bound to classes: what a field takes and which
 * fields there are is said where they mean something, with errors that name them, and no setter can
 * be reached by whoever sends a name.
 */
@NullMarked
package io.heliograph.body;

import org.jspecify.annotations.NullMarked;
