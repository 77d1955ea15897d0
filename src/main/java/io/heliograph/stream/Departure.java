package io.heliograph.stream;

import io.heliograph.metrics.Ending;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The node's leaving: nobody new is taken, everybody is told when to come back, spread over the
 * drain window so that those who return do not storm whoever takes them; and then it is over,
 * whoever has not listened.
 */
public final class Departure {
  /** Most of the 5 s that a stopping node has; the rest is the log's and the threads'. */
  private static final Duration LIMIT = Duration.ofMillis(2_500);

  private static final System.Logger LOG = System.getLogger(Departure.class.getName());

  private final StreamRegistry registry;

  public Departure(StreamRegistry registry) {
    this.registry = registry;
  }

  /** Says farewell to every connection and waits, {@link #LIMIT} at most, until all are gone. */
  public void depart() {
    registry.refuseNew();
    int told = registry.open().all().size();
    for (Subscription subscription : registry.open().all()) {
      subscription.end(Ending.SERVER_SHUTDOWN, registry.comeBackIn());
    }
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (registry.connections() > 0 && System.nanoTime() < deadline) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
    if (told > 0) {
      LOG.log(
          System.Logger.Level.INFO,
          "stopping: {0} connections were told when to come back, {1} did not take it in {2} ms",
          told,
          registry.connections(),
          LIMIT.toMillis());
    }
  }
}
