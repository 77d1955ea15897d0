package io.heliograph.stream;

import io.heliograph.event.Event;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import io.heliograph.log.Batch;
import io.heliograph.log.EventLog;
import io.heliograph.log.LogUnavailableException;
import io.heliograph.log.Page;
import io.heliograph.log.Publication;
import io.heliograph.log.Receipt;
import io.heliograph.log.TrimRule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An event log in memory, with spans, watermarks and retained events; fails when it is told to and
 * counts what it is asked.
 */
final class MemoryEventLog implements EventLog {
  /** Before the first event of the first span; not a multiple of a page's length. */
  static final long START = 1_000;

  /** A page looks at so many rows for each event that it may hold. */
  private static final int ROWS_PER_EVENT = 4;

  private record RetainedKey(
      String stream,
      List<String> keys,
      @Nullable String tenant,
      @Nullable String owner,
      String type) {}

  private final Supplier<Instant> clock;

  // Guarded by this.
  private final NavigableMap<EventId, Event> events = new TreeMap<>();
  private final NavigableMap<Long, Long> spans = new TreeMap<>();
  private final Map<String, EventId> watermarks = new HashMap<>();
  private final Map<RetainedKey, Event> retained = new LinkedHashMap<>();
  private final Map<String, Integer> reads = new HashMap<>();
  private long head = START;
  private Runnable news = () -> {};

  private final AtomicInteger failures = new AtomicInteger();
  private volatile boolean isUnavailable;
  private volatile Runnable step = () -> {};

  MemoryEventLog(Supplier<Instant> clock) {
    this.clock = clock;
    spans.put(START, START);
  }

  MemoryEventLog stepping(Runnable at) {
    step = at;
    return this;
  }

  void setUnavailable(boolean now) {
    isUnavailable = now;
  }

  /** How many calls failed since it is unavailable. */
  int failures() {
    return failures.get();
  }

  /** Times that a page of {@code view} from {@code after} on was read. */
  synchronized int reads(View view, EventId after) {
    return reads.getOrDefault(view + "@" + after, 0);
  }

  /** Pages of events read, by where they began. */
  synchronized Map<String, Integer> reads() {
    return Map.copyOf(reads);
  }

  /** Numbers go on in a new span, {@code distance} further on. */
  synchronized void openSpan(long distance) {
    spans.put(head + distance, head + distance);
    head += distance;
  }

  synchronized EventId append(EventDraft draft) {
    head++;
    spans.put(spans.lastKey(), head);
    Event event = new Event(new EventId(head), clock.get(), draft);
    events.put(event.id(), event);
    if (draft.isRetained()) {
      RetainedKey key =
          new RetainedKey(
              draft.stream(), draft.keys(), draft.tenant(), draft.owner(), draft.type());
      retained.remove(key);
      retained.put(key, event);
    }
    news.run();
    return event.id();
  }

  /** Forgets {@code stream}'s events up to and including {@code through}. */
  synchronized void trim(String stream, EventId through) {
    events.headMap(through, true).values().removeIf(event -> event.stream().equals(stream));
    watermarks.merge(stream, through, EventId::max);
  }

  /** All that {@code view} accepts, whether trimmed or not it is gone with its trimming. */
  synchronized List<EventId> ids(View view, EventId after) {
    return events.tailMap(after, false).values().stream()
        .filter(view::accepts)
        .map(Event::id)
        .toList();
  }

  @Override
  public synchronized long givenAfter(EventId position) {
    long given = 0;
    for (Map.Entry<Long, Long> span : spans.entrySet()) {
      given += Math.max(0, span.getValue() - Math.max(span.getKey(), position.value()));
    }
    return given;
  }

  @Override
  public void requireWritable() {
    answer();
  }

  private void answer() {
    step.run();
    if (isUnavailable) {
      failures.incrementAndGet();
      throw new LogUnavailableException("out of reach, as the test wants it");
    }
  }

  @Override
  public List<Receipt> append(Batch batch) {
    answer();
    List<Receipt> receipts = new ArrayList<>();
    for (Publication publication : batch.publications()) {
      List<EventId> ids = new ArrayList<>();
      for (Publication.Part part : publication.parts()) {
        part.drafts().forEach(draft -> ids.add(append(draft)));
      }
      receipts.add(new Receipt.Stored(ids, false));
    }
    return receipts;
  }

  @Override
  public Page readAll(EventId after, int limit) {
    answer();
    synchronized (this) {
      List<Event> page = new ArrayList<>();
      for (Event event : events.tailMap(after, false).values()) {
        if (page.size() == limit) {
          return new Page(page, after, page.get(limit - 1).id());
        }
        page.add(event);
      }
      return new Page(page, after, EventId.max(after, new EventId(head)));
    }
  }

  @Override
  public Page read(View view, EventId after, int limit) {
    answer();
    Page page;
    synchronized (this) {
      reads.merge(view + "@" + after, 1, Integer::sum);
      EventId from = EventId.max(after, trimmed(view.stream()));
      page = page(view, from, limit);
    }
    step.run();
    return page;
  }

  private Page page(View view, EventId from, int limit) {
    List<Event> page = new ArrayList<>();
    EventId through = from;
    int rows = 0;
    for (Event event : events.tailMap(from, false).values()) {
      if (page.size() == limit || rows == limit * ROWS_PER_EVENT) {
        return new Page(page, from, through);
      }
      rows++;
      through = event.id();
      if (view.accepts(event)) {
        page.add(event);
      }
    }
    return new Page(page, from, EventId.max(from, new EventId(head)));
  }

  @Override
  public Page readRetained(View view, EventId after, EventId upTo, int limit) {
    answer();
    synchronized (this) {
      List<Event> page = new ArrayList<>();
      for (Event event :
          retained.values().stream().sorted((a, b) -> a.id().compareTo(b.id())).toList()) {
        if (event.id().isAfter(after) && !event.id().isAfter(upTo) && view.accepts(event)) {
          if (page.size() == limit) {
            return new Page(page, after, page.get(limit - 1).id());
          }
          page.add(event);
        }
      }
      return new Page(page, after, upTo);
    }
  }

  @Override
  public synchronized Optional<Event> find(EventId id) {
    return Optional.ofNullable(events.get(id));
  }

  @Override
  public synchronized EventId head() {
    return new EventId(head);
  }

  @Override
  public boolean isKnown(EventId position) {
    answer();
    synchronized (this) {
      Map.Entry<Long, Long> span = spans.floorEntry(position.value());
      return span != null && position.value() <= span.getValue();
    }
  }

  @Override
  public EventId positionAt(Instant since) {
    answer();
    synchronized (this) {
      EventId position = EventId.NONE;
      for (Event event : events.values()) {
        if (!event.time().isBefore(since)) {
          return position;
        }
        position = event.id();
      }
      return new EventId(head);
    }
  }

  @Override
  public EventId positionBack(View view, int count, EventId earliest) {
    answer();
    synchronized (this) {
      int seen = 0;
      for (Event event : events.descendingMap().values()) {
        if (view.accepts(event) && seen++ == count) {
          return EventId.max(event.id(), earliest);
        }
      }
      return earliest;
    }
  }

  @Override
  public EventId trimmedThrough(String stream) {
    answer();
    synchronized (this) {
      return trimmed(stream);
    }
  }

  private EventId trimmed(String stream) {
    return watermarks.getOrDefault(stream, EventId.NONE);
  }

  @Override
  public int trim(TrimRule rule, int slice) {
    return 0;
  }

  @Override
  public synchronized void follow(Runnable listener) {
    news = listener;
  }

  @Override
  public void close() {}
}
