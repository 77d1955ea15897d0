/**
 * The seam to what servers differ in: who drives a periodic act, and whose threads the hub runs on.
 *
 * <p>Owns {@link io.heliograph.container.Periodic}, which says what is to be done again and again,
 * and what drives it. Refuses to know what is done. Decided: one timer of the container drives all
 * periodic acts, non-persistent, because a missed tick is worth nothing later; whatever needs finer
 * or cheaper time hangs in a wheel that a tick turns.
 */
@NullMarked
package io.heliograph.container;

import org.jspecify.annotations.NullMarked;
