package io.heliograph.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.database.DatabaseUnavailableException;
import io.heliograph.log.LogLines;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

/** What is tried in the background, with its thread and its time in the test's hands. */
class BackgroundProbeTest {
  private final Deque<Runnable> handedIn = new ArrayDeque<>();
  private final AtomicLong nanos = new AtomicLong();
  private boolean isFull;
  private boolean isBroken;

  private final BackgroundProbe probe =
      new BackgroundProbe("the database", this::attempt, this::execute, nanos::get);

  private void attempt() {
    if (isBroken) {
      throw new DatabaseUnavailableException("locked", new IllegalStateException());
    }
  }

  private void execute(Runnable task) {
    if (isFull) {
      throw new RejectedExecutionException();
    }
    handedIn.add(task);
  }

  private void tryNow() {
    probe.start();
    handedIn.remove().run();
  }

  /** Red without the recovery: once lost, lost for ever. */
  @Test
  void isUpAgain_whenTheNextTrySucceeds() {
    try (LogLines lines = new LogLines(BackgroundProbe.class)) {
      assertTrue(probe.isUp(), "it was opened, or there would be no hub");
      isBroken = true;
      tryNow();
      assertFalse(probe.isUp());
      tryNow();
      assertFalse(probe.isUp());
      isBroken = false;
      tryNow();
      assertTrue(probe.isUp());
      assertEquals(1, lines.count(Level.WARNING), "once, not at each try");
    }
  }

  /** Red without the time: what hangs throws nothing. */
  @Test
  void isDown_whenATryHangs_andTriesNoSecondBesideIt() {
    probe.start();
    probe.start();
    assertEquals(1, handedIn.size());
    assertTrue(probe.isUp());
    nanos.addAndGet(BackgroundProbe.ANSWERS_WITHIN.toNanos() + 1);
    assertFalse(probe.isUp());
    probe.start();
    assertEquals(1, handedIn.size());
    handedIn.remove().run();
    assertTrue(probe.isUp());
  }

  @Test
  void isDown_whenAllThreadsWaitForTheDatabase() {
    try (LogLines lines = new LogLines(BackgroundProbe.class)) {
      isFull = true;
      probe.start();
      assertFalse(probe.isUp());
      isFull = false;
      tryNow();
      assertTrue(probe.isUp());
      assertEquals(1, lines.count(Level.WARNING));
    }
  }
}
