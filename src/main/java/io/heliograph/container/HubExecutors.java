package io.heliograph.container;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The hub's own threads: named, daemons, and all gone after {@link #close}.
 *
 * <p>Its own and not the container's managed ones, because the appender, the follower and the
 * fan-out run for as long as the hub, which a managed pool warns of, and because Tomcat has none.
 */
public final class HubExecutors implements AutoCloseable {
  /** For all pools together, and again: their share of the 5 s that a stopping node has. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(250);

  private final List<ExecutorService> pools = new ArrayList<>();

  /** Makes threads called {@code heliograph-<name>-<number>}. */
  public static ThreadFactory threads(String name) {
    AtomicInteger number = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, "heliograph-" + name + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      // Not the creator's: that may be a request's thread of another application.
      thread.setContextClassLoader(HubExecutors.class.getClassLoader());
      return thread;
    };
  }

  /**
   * A pool of at most {@code size} threads, which end when they have nothing to do.
   *
   * @param waiting what may wait for a thread; more is a {@link
   *     java.util.concurrent.RejectedExecutionException}
   */
  public synchronized ExecutorService pool(String name, int size, int waiting) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            size, size, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(waiting), threads(name));
    pool.allowCoreThreadTimeOut(true);
    pools.add(pool);
    return pool;
  }

  /**
   * Ends every pool, waiting a moment for what was handed in and then for what runs.
   *
   * <p>In the order in which they were made: a pool whose work ends in another's is made before it.
   */
  @Override
  public synchronized void close() {
    try {
      long deadline = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
      for (ExecutorService pool : pools) {
        pool.shutdown();
        pool.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
      pools.forEach(ExecutorService::shutdownNow);
      deadline += CLOSE_TIMEOUT.toNanos();
      for (ExecutorService pool : pools) {
        if (!pool.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          System.getLogger(HubExecutors.class.getName())
              .log(System.Logger.Level.WARNING, "{0} has not ended in time", pool);
        }
      }
    } catch (InterruptedException e) {
      pools.forEach(ExecutorService::shutdownNow);
      Thread.currentThread().interrupt();
    }
  }
}
