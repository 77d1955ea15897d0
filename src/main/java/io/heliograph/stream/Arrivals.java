package io.heliograph.stream;

import io.heliograph.event.EventId;
import io.heliograph.event.View;
import java.time.Duration;

/** Tells who waits for an event that one has come. Any thread may call; nothing here blocks. */
@FunctionalInterface
public interface Arrivals {
  /**
   * A place for one request of {@code peer} that waits for an event of {@code policy}'s stream. It
   * counts until it is released, however often is waited on it: who has waited long is not refused
   * halfway.
   *
   * @throws RefusedConnectionException if the peer's network or caller has its share of places,
   *     which are {@code limit.per-address} and {@code limit.per-user} as for connections but
   *     counted apart from them, or if the node has none left
   */
  Place admit(StreamPolicy policy, Peer peer);

  /** One who may wait. */
  interface Place {
    /**
     * Runs {@code wake} once: when an event after {@code after} that {@code view} accepts can be
     * read from the log (at once, if there is one already), when {@code atMost} is over, or when
     * the node begins to stop. Holds no thread. {@code wake} must not block either; it may run
     * before this returns.
     *
     * @return false if the node is stopping already: nothing is waited for, {@code wake} never
     *     runs. Who was woken by the stop would otherwise ask again, and be woken again, for as
     *     long as it takes.
     */
    boolean onNext(View view, EventId after, Duration atMost, Runnable wake);

    /** Gives the place back; again does nothing. */
    void release();
  }
}
