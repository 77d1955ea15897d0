package io.heliograph.admin;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Tries now and then, on another thread, whether something answers; whoever asks how that went does
 * not wait. What has not answered for a while counts as failed.
 */
final class BackgroundProbe {
  /** Longer than the stores wait for a lock or for a connection. */
  static final Duration ANSWERS_WITHIN = Duration.ofSeconds(10);

  private static final System.Logger LOG = System.getLogger(BackgroundProbe.class.getName());

  private final String what;
  private final Runnable attempt;
  private final Executor executor;
  private final LongSupplier nanoTime;

  /** When the try under way began, 0 without one. */
  private final AtomicLong sinceNanos = new AtomicLong();

  private volatile boolean hasFailed;

  /**
   * @param attempt returns if it answers, else throws
   */
  BackgroundProbe(String what, Runnable attempt, Executor executor, LongSupplier nanoTime) {
    this.what = what;
    this.attempt = attempt;
    this.executor = executor;
    this.nanoTime = nanoTime;
  }

  /** Begins a try, unless one is under way. Does not block. */
  void start() {
    // Never 0, which means the opposite.
    if (!sinceNanos.compareAndSet(0, nanoTime.getAsLong() | 1)) {
      return;
    }
    try {
      executor.execute(this::run);
    } catch (RejectedExecutionException e) {
      // The node stops, or all its threads for this wait for what does not answer.
      sinceNanos.set(0);
      ended(e);
    }
  }

  private void run() {
    try {
      attempt.run();
      if (hasFailed) {
        LOG.log(Level.INFO, "{0} answers again", what);
      }
      hasFailed = false;
    } catch (RuntimeException | Error e) {
      ended(e);
    } finally {
      sinceNanos.set(0);
    }
  }

  private void ended(Throwable e) {
    if (!hasFailed) {
      LOG.log(
          Level.WARNING,
          "{0} does not answer, this node is not ready until it does: {1}",
          what,
          e.getMessage());
    }
    hasFailed = true;
  }

  /** Whether the last try succeeded, or there was none, and none hangs. */
  boolean isUp() {
    long since = sinceNanos.get();
    return !hasFailed && (since == 0 || nanoTime.getAsLong() - since < ANSWERS_WITHIN.toNanos());
  }
}
