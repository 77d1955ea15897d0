package io.heliograph.container;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** What the container's timer drives, and how often. */
public final class Ticker {
  private static final System.Logger LOG = System.getLogger(Ticker.class.getName());

  private final Duration every;
  private final List<Periodic> periodics;

  /** How often each failed since it last did not; a tick is one thread's at a time. */
  private final Map<Periodic, Integer> failures = new ConcurrentHashMap<>();

  private final LongSupplier nanoTime;
  private volatile long lastTickNanos;

  public Ticker(Duration every, List<Periodic> periodics) {
    this(every, periodics, System::nanoTime);
  }

  Ticker(Duration every, List<Periodic> periodics, LongSupplier nanoTime) {
    this.every = every;
    this.periodics = List.copyOf(periodics);
    this.nanoTime = nanoTime;
    lastTickNanos = nanoTime.getAsLong();
  }

  /** Between two ticks; a server may have a lower bound of its own (Payara: one second). */
  public Duration every() {
    return every;
  }

  /** Since the last tick ended, or this was made. Any thread. */
  public Duration sinceLastTick() {
    return Duration.ofNanos(nanoTime.getAsLong() - lastTickNanos);
  }

  /**
   * Does each periodic act once, one after another. One thread at a time.
   *
   * <p>Lets nothing out, no {@link Error} either: containers give a timer up that has failed twice,
   * and then heartbeats, time-outs and trimming would end for good.
   */
  public void tick() {
    for (Periodic periodic : periodics) {
      try {
        periodic.tick();
        failures.remove(periodic);
      } catch (RuntimeException | Error e) {
        failed(periodic, e);
      }
    }
    lastTickNanos = nanoTime.getAsLong();
  }

  private void failed(Periodic periodic, Throwable e) {
    int count = failures.merge(periodic, 1, Integer::sum);
    if (count == 1) {
      LOG.log(Level.ERROR, "a tick failed, the next one tries again: " + periodic.purpose(), e);
    } else if (Integer.bitCount(count) == 1) {
      LOG.log(
          Level.ERROR, "{0} failed {1} times in a row by now: {2}", periodic.purpose(), count, e);
    }
  }
}
