package io.heliograph.log;

import io.heliograph.event.Event;
import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A log in memory that can be told how to fail; only what the threads around a log call. */
class FakeLog implements EventLog {
  final List<Batch> batches = new CopyOnWriteArrayList<>();
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private volatile Runnable news = () -> {};

  /** Receipts that name each publication's first datum as its id. */
  static List<Receipt> receipts(Batch batch) {
    List<Receipt> receipts = new ArrayList<>();
    for (Publication publication : batch.publications()) {
      List<EventId> ids = new ArrayList<>();
      for (Publication.Part part : publication.parts()) {
        for (EventDraft draft : part.drafts()) {
          ids.add(new EventId(Long.parseLong(draft.data().toString())));
        }
      }
      receipts.add(new Receipt.Stored(ids, false));
    }
    return receipts;
  }

  @Override
  public List<Receipt> append(Batch batch) {
    batches.add(batch);
    return receipts(batch);
  }

  /** Adds the next event as another node would. */
  final void add(int number) {
    addSilently(number);
    news();
  }

  final void addSilently(int number) {
    EventDraft draft =
        new EventDraft(
            "a",
            List.of(),
            null,
            null,
            "tick",
            EventData.of(Integer.toString(number)),
            null,
            false);
    events.add(new Event(new EventId(number), Instant.EPOCH, draft));
  }

  final void news() {
    news.run();
  }

  @Override
  public Page readAll(EventId after, int limit) {
    List<Event> page =
        events.stream().filter(event -> event.id().isAfter(after)).limit(limit).toList();
    return new Page(page, after, page.isEmpty() ? after : page.get(page.size() - 1).id());
  }

  @Override
  public EventId head() {
    return events.isEmpty() ? EventId.NONE : events.get(events.size() - 1).id();
  }

  @Override
  public long givenAfter(EventId position) {
    return events.stream().filter(event -> event.id().isAfter(position)).count();
  }

  @Override
  public void requireWritable() {}

  @Override
  public int trim(TrimRule rule, int slice) {
    return 0;
  }

  @Override
  public void follow(Runnable listener) {
    news = listener;
  }

  @Override
  public Page read(View view, EventId after, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Page readRetained(View view, EventId after, EventId upTo, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<Event> find(EventId id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isKnown(EventId position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public EventId positionAt(Instant since) {
    throw new UnsupportedOperationException();
  }

  @Override
  public EventId positionBack(View view, int events, EventId earliest) {
    throw new UnsupportedOperationException();
  }

  @Override
  public EventId trimmedThrough(String stream) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
