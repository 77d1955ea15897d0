package io.heliograph.metrics;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.microprofile.metrics.Snapshot;
import org.eclipse.microprofile.metrics.Timer;
import org.jspecify.annotations.Nullable;

/**
 * How long something took: number and sum are our own, like a {@link Count}; how they are
 * distributed is the registry's timer to say, over a time of its choice.
 */
final class Latency {
  private static final double NANOS_PER_SECOND = 1e9;

  private final LongAdder count = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final @Nullable Timer timer;

  Latency(@Nullable Timer timer) {
    this.timer = timer;
  }

  void add(Duration latency) {
    count.increment();
    nanos.add(latency.toNanos());
    if (timer != null) {
      timer.update(latency);
    }
  }

  long count() {
    return count.sum();
  }

  double sumSeconds() {
    return nanos.sum() / NANOS_PER_SECOND;
  }

  /** Seconds by quantile, from 0 to 1; empty without a registry. */
  Map<Double, Double> quantiles() {
    Map<Double, Double> quantiles = new TreeMap<>();
    if (timer != null) {
      for (Snapshot.PercentileValue one : timer.getSnapshot().percentileValues()) {
        // Timers of Payara and of SmallRye both count in nanoseconds.
        quantiles.put(one.getPercentile(), one.getValue() / NANOS_PER_SECOND);
      }
    }
    return quantiles;
  }
}
