package io.heliograph.body;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** One sender's work is in nobody's way but its own. */
class FairSharesTest {
  private final Queue<Runnable> pool = new ArrayDeque<>();
  private final List<String> ran = new ArrayList<>();
  private int poolLimit = 100;
  private final FairShares shares = new FairShares(this::execute, 2, 30);

  private void execute(Runnable task) {
    if (pool.size() >= poolLimit) {
      throw new RejectedExecutionException("full");
    }
    pool.add(task);
  }

  private void hand(String sender, String task) {
    shares.execute(sender, () -> ran.add(task));
  }

  private void runPool() {
    for (Runnable next = pool.poll(); next != null; next = pool.poll()) {
      next.run();
    }
  }

  /** Seen red: without shares a slow sender's bodies held every thread. */
  @Test
  void givesOneSenderItsShareOnly_andOthersTheirs() {
    for (int i = 1; i <= 5; i++) {
      hand("slow", "slow " + i);
    }
    hand("quick", "quick");

    assertEquals(3, pool.size(), "two of the slow one's, and the other's");
    runPool();
    assertEquals(6, ran.size());
    assertEquals(List.of("slow 1", "slow 3"), ran.subList(0, 2), "in the order of its own");
    assertEquals(0, shares.senders());
  }

  @Test
  void refusesWhatWouldWaitTooLong_andGoesOn() {
    for (int i = 1; i <= 5; i++) {
      hand("slow", "slow " + i);
    }
    assertThrows(RejectedExecutionException.class, () -> hand("slow", "slow 6"));
    hand("quick", "quick");
    runPool();

    assertEquals(6, ran.size());
    hand("slow", "again");
    runPool();
    assertEquals(7, ran.size());
    assertEquals(0, shares.senders());
  }

  /** Seen red: the place of a task that the pool refused was held for ever. */
  @Test
  void givesTheShareBack_whenThePoolIsFull() {
    poolLimit = 0;
    for (int i = 0; i < 5; i++) {
      assertThrows(RejectedExecutionException.class, () -> hand("a", "x"));
    }
    assertEquals(0, shares.senders());
    poolLimit = 10;
    hand("a", "y");
    runPool();
    assertEquals(List.of("y"), ran);
  }

  /** Seen red: what waited behind a task that failed was never run. */
  @Test
  void goesOn_whenATaskFails() {
    Thread.UncaughtExceptionHandler before = Thread.currentThread().getUncaughtExceptionHandler();
    List<Throwable> told = new ArrayList<>();
    Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> told.add(e));
    try {
      for (int i = 0; i < 3; i++) {
        shares.execute(
            "a",
            () -> {
              throw new IllegalStateException("a bug");
            });
      }
      hand("a", "after");
      runPool();
    } finally {
      Thread.currentThread().setUncaughtExceptionHandler(before);
    }
    assertEquals(3, told.size());
    assertEquals(List.of("after"), ran);
    assertEquals(0, shares.senders());
  }
}
