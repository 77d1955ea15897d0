package io.heliograph.container;

/**
 * Something that is done at every tick of the container's timer: a CDI bean, found by type.
 *
 * <p>Ticks never overlap. A tick does not block for long: it shares its thread with all others.
 */
public interface Periodic {
  /** What it does, in a log line about its failing. */
  String purpose();

  /** Does it once. What it throws is logged and ends only this tick. */
  void tick();
}
