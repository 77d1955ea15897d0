package io.heliograph.container;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.log.LogLines;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TickerTest {
  private @Nullable Error error;
  private int ticks;
  private int others;

  private final Periodic failing =
      new Periodic() {
        @Override
        public String purpose() {
          return "what fails";
        }

        @Override
        public void tick() {
          ticks++;
          if (error != null) {
            throw error;
          }
        }
      };

  private final Periodic other =
      new Periodic() {
        @Override
        public String purpose() {
          return "what does not";
        }

        @Override
        public void tick() {
          others++;
        }
      };

  private final Ticker ticker = new Ticker(Duration.ofSeconds(1), List.of(failing, other));

  /** Red when only exceptions were caught: the container gave the timer up after the second. */
  @Test
  void errorEndsOnlyItsOwnTick() {
    error = new AssertionError("a fault");
    try (LogLines lines = new LogLines(Ticker.class)) {
      ticker.tick();
      ticker.tick();
      assertEquals(2, ticks);
      assertEquals(2, others);
      assertEquals(2, lines.count(Level.SEVERE));
    }
  }

  /** Red without the count: a stack each second, for as long as it failed. */
  @Test
  void repeatedFailureIsSaidOnceWithItsStack_andAgainAfterARecovery() {
    error = new AssertionError("a fault");
    try (LogLines lines = new LogLines(Ticker.class)) {
      for (int i = 0; i < 100; i++) {
        ticker.tick();
      }
      assertEquals(1, lines.stacks());
      assertEquals(7, lines.count(Level.SEVERE), "at 1, 2, 4, 8, 16, 32, 64");
      error = null;
      ticker.tick();
      error = new AssertionError("another");
      ticker.tick();
      assertEquals(2, lines.stacks());
    }
  }

  @Test
  void saysHowLongTheLastTickIsAgo() {
    AtomicLong nanos = new AtomicLong(5);
    Ticker timed = new Ticker(Duration.ofSeconds(1), List.of(other), nanos::get);
    nanos.addAndGet(3_000_000_000L);
    assertEquals(Duration.ofSeconds(3), timed.sinceLastTick());
    timed.tick();
    assertEquals(Duration.ZERO, timed.sinceLastTick());
  }
}
