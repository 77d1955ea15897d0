package io.heliograph.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
  private final LatencyHistogram histogram = new LatencyHistogram();

  @Test
  void answersWithinThreePercent_andNeverTooLow() {
    for (long nanos = 1; nanos < Long.MAX_VALUE / 3; nanos += 1 + nanos / 3) {
      histogram.clear();
      histogram.record(nanos);
      histogram.record(Long.MAX_VALUE);
      long answered = histogram.nanosAt(0.5);

      assertTrue(answered >= nanos, nanos + " became " + answered);
      assertTrue(answered - nanos <= nanos / 32, nanos + " became " + answered);
    }
  }

  @Test
  void ranksWhatItRecorded() {
    for (int nanos = 1; nanos <= 60; nanos++) {
      histogram.record(nanos);
    }

    assertEquals(30, histogram.nanosAt(0.5));
    assertEquals(60, histogram.nanosAt(0.99));
    assertEquals(60, histogram.highestNanos());
  }

  @Test
  void answersZero_whenNothingWasRecorded() {
    assertEquals(0, histogram.nanosAt(0.99));
  }
}
