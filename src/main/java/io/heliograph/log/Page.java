package io.heliograph.log;

import io.heliograph.event.Event;
import io.heliograph.event.EventId;
import java.util.List;

/**
 * A stretch of the log as one view sees it, read in one snapshot: all of the view's events after
 * {@code from} up to and including {@code through}.
 *
 * @param from where the stretch begins: the position asked for, or a later one if what lies between
 *     was trimmed
 * @param through where it ends; the next page is read from here
 */
public record Page(List<Event> events, EventId from, EventId through) {
  public Page {
    events = List.copyOf(events);
  }
}
