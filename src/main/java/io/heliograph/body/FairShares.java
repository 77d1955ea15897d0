package io.heliograph.body;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A pool of threads of which nobody gets more than a share: what one sender hands in beyond that
 * waits for the sender's own earlier work, not for a thread.
 *
 * <p>Any thread may call it. The lock guards the lanes; work is handed to the pool under it, and
 * none is run.
 */
final class FairShares {
  private final Executor pool;
  private final int share;
  private final int waitingLimit;
  private final int laneLimit;

  // Guarded by itself. A sender without work has no lane.
  private final Map<String, Lane> lanes = new HashMap<>();
  private int waiting;

  private static final class Lane {
    private final Queue<Runnable> queue = new ArrayDeque<>();
    private int running;
  }

  /**
   * @param share threads that one sender may hold at once
   * @param waitingLimit what may wait for senders' own earlier work, of all together
   */
  FairShares(Executor pool, int share, int waitingLimit) {
    this.pool = pool;
    this.share = share;
    this.waitingLimit = waitingLimit;
    // So that it takes ten senders to use the waiting room up.
    this.laneLimit = Math.max(1, waitingLimit / 10);
  }

  /**
   * Runs {@code task} for {@code sender}, on the pool.
   *
   * @throws RejectedExecutionException if too much waits already; then it is not run
   */
  void execute(String sender, Runnable task) {
    synchronized (lanes) {
      Lane lane = lanes.computeIfAbsent(sender, s -> new Lane());
      if (lane.running < share) {
        lane.running++;
        try {
          pool.execute(() -> run(sender, task));
        } catch (RuntimeException | Error e) {
          giveBack(sender, lane);
          throw e;
        }
      } else if (waiting < waitingLimit && lane.queue.size() < laneLimit) {
        waiting++;
        lane.queue.add(task);
      } else {
        throw new RejectedExecutionException(
            lane.queue.size()
                + (" bodies of this sender and "
                    + waiting
                    + " of all wait already; the limits are ")
                + (laneLimit + " and " + waitingLimit + ", send fewer at once"));
      }
    }
  }

  private void run(String sender, Runnable task) {
    for (Runnable now = task; now != null; now = next(sender)) {
      try {
        now.run();
      } catch (RuntimeException | Error e) {
        // What waits behind it is still to be run.
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      }
    }
  }

  /** The sender's next piece of work; without one the place is given back. */
  private @Nullable Runnable next(String sender) {
    synchronized (lanes) {
      Lane lane = Objects.requireNonNull(lanes.get(sender));
      Runnable following = lane.queue.poll();
      if (following == null) {
        giveBack(sender, lane);
      } else {
        waiting--;
      }
      return following;
    }
  }

  private void giveBack(String sender, Lane lane) {
    lane.running--;
    if (lane.running == 0) {
      lanes.remove(sender);
    }
  }

  /** Senders that have work now. */
  int senders() {
    synchronized (lanes) {
      return lanes.size();
    }
  }
}
