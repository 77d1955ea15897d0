package io.heliograph.metrics;

import java.util.concurrent.atomic.LongAdder;
import org.eclipse.microprofile.metrics.Counter;
import org.jspecify.annotations.Nullable;

/**
 * One count: our own adder, so that a read is exact and the same on every server, mirrored to the
 * registry's counter.
 */
final class Count {
  private final LongAdder adder = new LongAdder();
  private final @Nullable Counter counter;

  Count(@Nullable Counter counter) {
    this.counter = counter;
  }

  void add(long n) {
    adder.add(n);
    if (counter != null) {
      counter.inc(n);
    }
  }

  long get() {
    return adder.sum();
  }
}
