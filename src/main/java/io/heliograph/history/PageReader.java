package io.heliograph.history;

import io.heliograph.event.Event;
import io.heliograph.event.EventId;
import io.heliograph.log.EventLog;
import io.heliograph.log.Page;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects one page out of as many of the log's as it takes, within bounds: what a filter leaves
 * out is looked at too, so a page of a filter that lets little through ends early and says how far
 * it came.
 */
final class PageReader {
  /** Reads of the log for one page. */
  private static final int READS_LIMIT = 10;

  /** Events looked at in one read, at least, where what the log gives is filtered again. */
  private static final int FILTERED_CHUNK = 100;

  /**
   * Data in one page, but for the last event in it: an answer waits in memory until it is sent, and
   * holds one of those threads that write answers if its receiver is slow.
   */
  private static final long PAGE_BYTES = 1L << 20;

  private final EventLog log;
  private final HistoryQuery query;
  private final List<Event> events = new ArrayList<>();
  private long bytes;

  PageReader(EventLog log, HistoryQuery query) {
    this.log = log;
    this.query = query;
  }

  /** The events after {@code position}; only the first call of a reader. */
  HistoryPage read(EventId position) {
    EventId end = log.head();
    if (query.until() != null) {
      end = EventId.min(end, log.positionAt(query.until()));
    }
    EventId from = position;
    EventId at = position;
    for (int reads = 0; reads < READS_LIMIT && end.isAfter(at) && !isFull(); reads++) {
      Page page = log.read(query.view(), at, chunk());
      if (reads == 0) {
        from = page.from();
      } else if (page.from().isAfter(at)) {
        // Trimmed while this page was read: the next request begins with the gap.
        break;
      }
      at = collect(page, end);
    }
    return new HistoryPage(events, from, at, null, !end.isAfter(at));
  }

  /** Takes of {@code page} what fits; returns how far that is. */
  private EventId collect(Page page, EventId end) {
    EventId at = page.from();
    for (Event event : page.events()) {
      if (event.id().isAfter(end)) {
        return end;
      }
      if (isFull()) {
        return at;
      }
      at = event.id();
      if (query.accepts(event)) {
        events.add(event);
        bytes += event.data().length();
      }
    }
    return EventId.max(at, EventId.min(page.through(), end));
  }

  private boolean isFull() {
    return events.size() >= query.limit() || bytes >= PAGE_BYTES;
  }

  private int chunk() {
    int missing = query.limit() - events.size();
    return query.isFiltered() ? Math.max(missing, FILTERED_CHUNK) : missing;
  }
}
