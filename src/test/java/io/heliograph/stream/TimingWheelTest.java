package io.heliograph.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TimingWheelTest {
  private static final long MILLI = 1_000_000L;

  private final AtomicLong nanos = new AtomicLong(-77);
  private final TimingWheel wheel = new TimingWheel(nanos::get);

  private void pass(long millis) {
    nanos.addAndGet(millis * MILLI);
    wheel.tick();
  }

  @Test
  void runsOnce_atTheFirstTurnAfterwards_neverEarly() {
    AtomicInteger runs = new AtomicInteger();
    wheel.after(Duration.ofSeconds(1), runs::incrementAndGet);
    for (int i = 0; i < 9; i++) {
      pass(100);
    }
    pass(99);
    assertEquals(0, runs.get());
    pass(200);
    assertEquals(1, runs.get());
    pass(100_000);
    assertEquals(1, runs.get());
    assertEquals(0, wheel.pending());
  }

  @Test
  void runsNothingThatWasCancelled() {
    AtomicInteger runs = new AtomicInteger();
    TimingWheel.Deadline deadline = wheel.after(Duration.ofSeconds(1), runs::incrementAndGet);
    deadline.cancel();
    deadline.cancel();
    pass(10_000);

    assertEquals(0, runs.get());
    assertEquals(0, wheel.pending());
  }

  @Test
  void goesRound_forDeadlinesFurtherThanARound() {
    AtomicInteger runs = new AtomicInteger();
    wheel.after(Duration.ofMinutes(3), runs::incrementAndGet);
    for (int i = 0; i < 1799; i++) {
      pass(100);
    }
    assertEquals(0, runs.get());
    pass(200);
    assertEquals(1, runs.get());
  }

  @Test
  void runsAllThatIsDue_afterAPauseLongerThanARound() {
    AtomicInteger runs = new AtomicInteger();
    for (int i = 1; i <= 100; i++) {
      wheel.after(Duration.ofSeconds(i), runs::incrementAndGet);
    }
    pass(3_600_000);

    assertEquals(100, runs.get());
  }

  @Test
  void takesWhatIsScheduledFromWithin() {
    List<Long> at = new ArrayList<>();
    Runnable[] again = new Runnable[1];
    again[0] =
        () -> {
          at.add(nanos.get() / MILLI);
          if (at.size() < 5) {
            wheel.after(Duration.ofMillis(300), again[0]);
          }
        };
    wheel.after(Duration.ZERO, again[0]);
    for (int i = 0; i < 100; i++) {
      pass(100);
    }

    assertEquals(5, at.size());
    assertEquals(0, wheel.pending());
  }

  @Test
  void goesOn_whenAnActionThrows() {
    AtomicInteger runs = new AtomicInteger();
    wheel.after(
        Duration.ZERO,
        () -> {
          throw new IllegalStateException("an action's bug");
        });
    wheel.after(Duration.ZERO, runs::incrementAndGet);
    pass(200);

    assertEquals(1, runs.get());
  }

  /** Seen red: a turn between looking at the clock and taking the slot made it a round late. */
  @Test
  void isNotARoundLate_whenATurnComesBetween() {
    AtomicInteger runs = new AtomicInteger();
    TimingWheel[] turned = new TimingWheel[1];
    boolean[] isTurning = new boolean[1];
    TimingWheel raced =
        new TimingWheel(
            () -> {
              long seen = nanos.get();
              if (isTurning[0]) {
                isTurning[0] = false;
                nanos.addAndGet(500 * MILLI);
                turned[0].tick();
              }
              return seen;
            });
    turned[0] = raced;
    isTurning[0] = true;
    raced.after(Duration.ofMillis(100), runs::incrementAndGet);
    nanos.addAndGet(200 * MILLI);
    raced.tick();

    assertEquals(1, runs.get());
  }

  /** Random deadlines and turns: each once, not early, and late by a turn at most. */
  @Test
  void meetsEveryDeadline() {
    Random random = new Random(9);
    List<String> wrong = new ArrayList<>();
    AtomicInteger open = new AtomicInteger();
    for (int i = 0; i < 20_000; i++) {
      if (i < 15_000) {
        long due = nanos.get() + random.nextInt(120_000) * MILLI;
        long turn = 350 * MILLI;
        open.incrementAndGet();
        wheel.after(
            Duration.ofNanos(due - nanos.get()),
            () -> {
              open.decrementAndGet();
              if (nanos.get() < due || nanos.get() > due + 2 * turn) {
                wrong.add((nanos.get() - due) / MILLI + " ms late");
              }
            });
      }
      pass(1L + random.nextInt(350));
    }

    assertEquals(List.of(), wrong);
    assertEquals(0, open.get());
    assertEquals(0, wheel.pending());
  }
}
