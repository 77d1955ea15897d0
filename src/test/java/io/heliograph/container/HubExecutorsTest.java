package io.heliograph.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.log.LogLines;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

class HubExecutorsTest {
  private static final long DEADLINE_SECONDS = 20;

  private final HubExecutors executors = new HubExecutors();

  /** Red with the creator's loader: a request of another application kept that one in memory. */
  @Test
  void threadsAreNamedDaemonsOfTheHubsOwnLoader() {
    ClassLoader callers = Thread.currentThread().getContextClassLoader();
    Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      var threads = HubExecutors.threads("pump");
      threads.newThread(() -> {});
      Thread thread = threads.newThread(() -> {});
      assertEquals("heliograph-pump-2", thread.getName());
      assertTrue(thread.isDaemon());
      assertSame(HubExecutors.class.getClassLoader(), thread.getContextClassLoader());
    } finally {
      Thread.currentThread().setContextClassLoader(callers);
    }
  }

  /** Invariant 4. Red with an unbounded queue: everything was taken. */
  @Test
  void poolRefusesWhatItHasNoRoomFor() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    ExecutorService pool = executors.pool("small", 1, 1);
    pool.execute(() -> awaitQuietly(goOn));
    CountDownLatch second = new CountDownLatch(1);
    pool.execute(second::countDown);
    assertThrows(RejectedExecutionException.class, () -> pool.execute(() -> {}));
    goOn.countDown();
    assertTrue(second.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
    executors.close();
  }

  /** Invariant 8. Red without the interruption: the threads outlived the hub. */
  @Test
  void closingInterruptsWhatRuns_andEndsEveryPool() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    ExecutorService pool = executors.pool("one", 1, 1);
    ExecutorService idle = executors.pool("two", 1, 1);
    pool.execute(
        () -> {
          started.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
        });
    assertTrue(started.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
    executors.close();
    assertTrue(interrupted.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
    assertTrue(pool.awaitTermination(DEADLINE_SECONDS, TimeUnit.SECONDS));
    assertTrue(idle.isTerminated());
  }

  @Test
  void closingDoesNotWaitForEver() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    ExecutorService pool = executors.pool("stubborn", 1, 1);
    pool.execute(
        () -> {
          started.countDown();
          while (goOn.getCount() > 0) {
            Thread.onSpinWait();
          }
        });
    assertTrue(started.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
    try (LogLines lines = new LogLines(HubExecutors.class)) {
      executors.close();
      assertEquals(1, lines.count(Level.WARNING));
    }
    assertFalse(pool.isTerminated());
    goOn.countDown();
    assertTrue(pool.awaitTermination(DEADLINE_SECONDS, TimeUnit.SECONDS));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
