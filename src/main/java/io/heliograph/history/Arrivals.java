package io.heliograph.history;

import io.heliograph.event.EventId;
import io.heliograph.event.View;
import java.time.Duration;

/** Tells who waits for an event that one has come. */
@FunctionalInterface
public interface Arrivals {
  /**
   * Runs {@code wake} once: when an event after {@code after} that {@code view} accepts can be read
   * from the log (at once, if there is one already), when {@code atMost} is over, or when the node
   * begins to stop.
   *
   * <p>Does not block and holds no thread. {@code wake} does not block either; it may run before
   * this returns.
   *
   * @return false if the node is stopping already: nothing is waited for, {@code wake} never runs
   * @throws java.util.concurrent.RejectedExecutionException if too many wait already
   */
  boolean onNext(View view, EventId after, Duration atMost, Runnable wake);
}
