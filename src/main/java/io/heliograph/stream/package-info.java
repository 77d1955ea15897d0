/**
 * Who listens on this node: streams and their policies, live views with their rings, subscribers
 * and their time.
 *
 * <p>Owns delivery, from the follower's batch to the sink: {@link
 * io.heliograph.stream.StreamRegistry} deals a batch out to the {@link
 * io.heliograph.stream.Channel}s that it concerns, each keeps its frames in a ring, and each
 * subscription writes what lies between its {@link io.heliograph.stream.Cursor} and {@code
 * applied}, from the ring or, behind it, from pages of the log; and {@link
 * io.heliograph.stream.Admission}, which says who may have one more connection. And who sees what:
 * {@link io.heliograph.stream.Visibility} makes a {@link io.heliograph.event.View} of caller,
 * policy and wish, and everything else is given that. Refuses to know HTTP requests.
 *
 * <p>Decided: a subscriber is a cursor and has no queue, so a slow one costs a number. One ring for
 * each view, so that nothing is filtered on the way out and nobody is woken for what is not theirs.
 * The follower waits for the workers that wake subscribers, so that whoever's socket is open is
 * never overtaken by eviction. Memory is bounded for all rings together, and the oldest block of
 * any ring goes first.
 *
 * <p>A system's stream is a stream with other defaults: a {@link io.heliograph.stream.Preset} is a
 * table of texts that the one reader of policies reads.
 *
 * <p>Rejected: a queue for each subscriber (memory times subscribers, and a hand-over between
 * replay and live to get wrong); a linked list of blocks (one stuck reader would keep everything
 * after its block alive); one deadline for each of heartbeat, idle time and lifetime (three times
 * the wheel's entries for the same decision).
 */
@NullMarked
package io.heliograph.stream;

import org.jspecify.annotations.NullMarked;
