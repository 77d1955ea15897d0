package io.heliograph.bench;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What one connection got of a sequence 1, 2, 3 and so on: what is missing, came twice or late.
 *
 * <p>Two numbers as long as all is well; a set of what is missing only once something is.
 */
final class DeliveryLedger {
  private long next = 1;
  private long delivered;
  private long duplicated;
  private long reordered;
  private @Nullable BitSet missing;

  void record(long number) {
    delivered++;
    if (number == next) {
      next++;
    } else if (number > next) {
      missing().set(Math.toIntExact(next), Math.toIntExact(number));
      next = number + 1;
    } else if (missing != null && missing.get(Math.toIntExact(number))) {
      missing.clear(Math.toIntExact(number));
      reordered++;
    } else {
      duplicated++;
    }
  }

  /** Starts over {@code events} earlier: they will come a second time, and rightly so. */
  void rewind(long events) {
    next = Math.max(1, next - events);
    if (missing != null) {
      missing.clear(Math.toIntExact(next), Math.max(Math.toIntExact(next), missing.length()));
    }
  }

  /** How many of the first {@code published} never came. */
  long lost(long published) {
    long within = missing == null ? 0 : missing.cardinality();
    return within + Math.max(0, published - (next - 1));
  }

  long delivered() {
    return delivered;
  }

  long duplicated() {
    return duplicated;
  }

  long reordered() {
    return reordered;
  }

  private BitSet missing() {
    if (missing == null) {
      missing = new BitSet();
    }
    return missing;
  }
}
