/**
 * The words of the hub: what an event is, who may see it, where it stands.
 *
 * <p>Owns the values that every other package speaks in, and their validity: an {@link
 * io.heliograph.event.EventDraft} that exists is one that may be stored. Refuses everything with
 * behaviour (no clock, no I/O, no JSON) and every import but {@code java.*} and the null
 * annotations.
 *
 * <p>Decided: {@link io.heliograph.event.View} is the one function that says who sees what, so that
 * live delivery, replay, pages, retained and single events cannot disagree. Event data is kept as
 * the bytes that were published, never as a parsed tree: what goes in comes out. Rejected: ids as
 * bare {@code long}s (a count and a position were confused once too often in sketches).
 */
@NullMarked
package io.heliograph.event;

import org.jspecify.annotations.NullMarked;
