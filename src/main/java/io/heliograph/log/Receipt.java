package io.heliograph.log;

import io.heliograph.event.EventId;
import java.util.List;

/** What became of a publication. */
public sealed interface Receipt {

  /**
   * It is durable.
   *
   * @param ids one for each draft, in order
   * @param isRepeat whether nothing new was stored, because every part's idempotency key was known
   */
  record Stored(List<EventId> ids, boolean isRepeat) implements Receipt {
    public Stored {
      ids = List.copyOf(ids);
    }
  }

  /** Nothing was stored: {@code key} was used before for other content. */
  record Conflict(String key) implements Receipt {}

  /** Nothing was stored: the database would not take this data, now or later. */
  record Refused(String reason) implements Receipt {}
}
