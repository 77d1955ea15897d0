package io.heliograph.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until a test moves it. */
final class HandClock implements InstantSource {
  static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

  private volatile Instant now = START;

  @Override
  public Instant instant() {
    return now;
  }

  long nanos() {
    return Duration.between(START, now).toNanos();
  }

  void advance(Duration duration) {
    now = now.plus(duration);
  }
}
