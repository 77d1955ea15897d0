package io.heliograph.history;

import io.heliograph.event.Event;
import io.heliograph.event.EventId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some events, and where to go on.
 *
 * @param from where it begins: the position that was asked for, or a later one if what lies between
 *     was trimmed
 * @param next the position to ask for next; where it is the one that was asked for, there is
 *     nothing more
 * @param gap what the asker misses; null if nothing
 * @param isAtEnd whether all that there is was looked at
 */
record HistoryPage(
    List<Event> events, EventId from, EventId next, @Nullable Gap gap, boolean isAtEnd) {
  HistoryPage {
    events = List.copyOf(events);
  }

  HistoryPage with(Gap newGap) {
    return new HistoryPage(events, from, next, newGap, isAtEnd);
  }
}
