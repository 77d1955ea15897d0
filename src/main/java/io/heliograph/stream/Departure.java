package io.heliograph.stream;

import io.heliograph.metrics.Ending;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * The node's leaving: nobody new is taken, everybody is told when to come back, spread over the
 * drain window so that those who return do not storm whoever takes them; and then it is over, in
 * five seconds at most, whoever has not listened.
 */
public final class Departure {
  /** What a container waits at undeployment and SIGTERM before it is less patient. */
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private static final System.Logger LOG = System.getLogger(Departure.class.getName());

  private final StreamRegistry registry;
  private final Duration window;

  public Departure(StreamRegistry registry, StreamConfig config) {
    this.registry = registry;
    this.window = config.drainWindow();
  }

  /** Says farewell to every connection and waits, {@link #LIMIT} at most, until all are gone. */
  public void depart() {
    registry.refuseNew();
    int told = registry.subscriptions().size();
    for (Subscription subscription : registry.subscriptions()) {
      long millis = ThreadLocalRandom.current().nextLong(window.toMillis() + 1);
      subscription.end(Ending.SERVER_SHUTDOWN, Duration.ofMillis(millis));
    }
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (registry.connections() > 0 && System.nanoTime() < deadline) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
    if (told > 0) {
      LOG.log(
          System.Logger.Level.INFO,
          "stopping: {0} connections were told when to come back, {1} did not take it in {2} s",
          told,
          registry.connections(),
          LIMIT.toSeconds());
    }
  }
}
