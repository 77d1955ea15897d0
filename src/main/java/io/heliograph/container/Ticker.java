package io.heliograph.container;

import java.time.Duration;
import java.util.List;

/** What the container's timer drives, and how often. */
public final class Ticker {
  private static final System.Logger LOG = System.getLogger(Ticker.class.getName());

  private final Duration every;
  private final List<Periodic> periodics;

  public Ticker(Duration every, List<Periodic> periodics) {
    this.every = every;
    this.periodics = List.copyOf(periodics);
  }

  /** Between two ticks; a server may have a lower bound of its own (Payara: one second). */
  public Duration every() {
    return every;
  }

  /** Does each periodic act once, one after another. One thread at a time. */
  public void tick() {
    for (Periodic periodic : periodics) {
      try {
        periodic.tick();
      } catch (RuntimeException e) {
        LOG.log(
            System.Logger.Level.ERROR,
            "a tick failed, the next one tries again: " + periodic.purpose(),
            e);
      }
    }
  }
}
