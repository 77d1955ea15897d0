package io.heliograph.it;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other threads and processes do, with a deadline. */
final class Waiting {
  /** Longer than anything takes here on a busy machine; only a failing test waits for it. */
  static final Duration DEADLINE = Duration.ofSeconds(60);

  /** Between two looks at what nobody reports by itself. */
  private static final Duration LOOK = Duration.ofMillis(5);

  private Waiting() {}

  static <T> T until(String claim, CompletableFuture<T> future) {
    return until(claim, future, DEADLINE);
  }

  static <T> T until(String claim, CompletableFuture<T> future, Duration deadline) {
    try {
      return future.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not within " + deadline + ": " + claim, e);
    } catch (ExecutionException e) {
      throw new AssertionError("not any more: " + claim + ", because of " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted before: " + claim, e);
    }
  }

  /** For what only can be asked, such as a page of metrics. */
  static void until(String claim, BooleanSupplier isTrue) {
    until(claim, isTrue, DEADLINE);
  }

  static void until(String claim, BooleanSupplier isTrue, Duration deadline) {
    long end = System.nanoTime() + deadline.toNanos();
    while (!isTrue.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not within " + deadline + ": " + claim);
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }
}
