package io.heliograph.stream;

import io.heliograph.stream.Limits.Rate;
import java.time.Duration;

/**
 * One address' last tries: so many are allowed in any stretch of time as long as the rate's,
 * however it is laid. A bucket would let twice as many through around the moment when it is filled.
 */
final class RecentTries {
  private final long[] nanos;
  private final long perNanos;
  private int count;
  private int oldest;

  RecentTries(Rate rate) {
    this.nanos = new long[rate.count()];
    this.perNanos = rate.per().toNanos();
  }

  /** Counts a try at {@code now}: zero if it may be, else how long until one may. */
  synchronized Duration tryAt(long now) {
    if (count == nanos.length) {
      long wait = nanos[oldest] + perNanos - now;
      if (wait > 0) {
        return Duration.ofNanos(wait);
      }
      nanos[oldest] = now;
      oldest = (oldest + 1) % nanos.length;
      return Duration.ZERO;
    }
    nanos[(oldest + count) % nanos.length] = now;
    count++;
    return Duration.ZERO;
  }

  /** How long a try counts. */
  Duration period() {
    return Duration.ofNanos(perNanos);
  }
}
