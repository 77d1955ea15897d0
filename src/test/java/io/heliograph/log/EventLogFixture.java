package io.heliograph.log;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.Event;
import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import io.heliograph.log.Publication.IdempotencyKey;
import io.heliograph.log.Publication.Part;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** An open log and what its contracts ask of it. */
abstract class EventLogFixture {
  private static final List<String> STREAMS = List.of("a", "b");
  private static final List<String> LABELS = List.of("x", "y", "z");
  private static final List<String> TYPES = List.of("t1", "t2", "t3");

  final HandClock clock = new HandClock();

  /** Seeded: a failure repeats. */
  final Random random = new Random(20261121);

  EventLog log;
  String node = UUID.randomUUID().toString();
  long batches;

  /** Opens the same store each time it is called in one test. */
  abstract EventLog open(HandClock clock);

  @BeforeEach
  void openLog() {
    log = open(clock);
  }

  @AfterEach
  void closeLog() {
    log.close();
  }

  /** As a new process would, a while later. */
  final void reopen() {
    log.close();
    clock.advance(Duration.ofSeconds(5));
    node = UUID.randomUUID().toString();
    batches = 0;
    log = open(clock);
  }

  final List<Receipt> append(Publication... publications) {
    return log.append(new Batch(node, ++batches, List.of(publications)));
  }

  /** Appends {@code drafts} as one publication. */
  final List<EventId> append(EventDraft... drafts) {
    return append(List.of(drafts));
  }

  final List<EventId> append(List<EventDraft> drafts) {
    return ids(append(Publication.of(drafts)).get(0));
  }

  static List<EventId> ids(Receipt receipt) {
    if (receipt instanceof Receipt.Stored stored) {
      return stored.ids();
    }
    throw new AssertionError("not stored: " + receipt);
  }

  static Publication keyed(String key, String fingerprint, EventDraft... drafts) {
    return keyed("maria", key, fingerprint, drafts);
  }

  static Publication keyed(String caller, String key, String fingerprint, EventDraft... drafts) {
    return new Publication(
        List.of(new Part(List.of(drafts), new IdempotencyKey(caller, key, fingerprint))));
  }

  /** Every event after {@code after}, read page by page. */
  final List<Event> everything(EventId after) {
    List<Event> events = new ArrayList<>();
    EventId position = after;
    while (log.head().isAfter(position)) {
      Page page = log.readAll(position, 7);
      assertTrue(page.through().isAfter(position), "a page must get on");
      events.addAll(page.events());
      position = page.through();
    }
    return events;
  }

  final List<Event> everything(View view, EventId after, int limit) {
    List<Event> events = new ArrayList<>();
    EventId position = after;
    while (log.head().isAfter(position)) {
      Page page = log.read(view, position, limit);
      assertTrue(page.through().isAfter(position), "a page must get on");
      assertTrue(page.events().size() <= limit);
      events.addAll(page.events());
      position = page.through();
    }
    return events;
  }

  static List<String> data(List<Event> events) {
    return events.stream().map(event -> event.data().toString()).toList();
  }

  static EventId plus(EventId id, long numbers) {
    return new EventId(id.value() + numbers);
  }

  final <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** A draft with few different labels, so that views meet many and no view meets all. */
  final EventDraft anyDraft(int number) {
    return new EventDraft(
        any(STREAMS),
        LABELS.stream().filter(label -> random.nextInt(3) == 0).toList(),
        random.nextBoolean() ? any(LABELS) : null,
        random.nextBoolean() ? any(LABELS) : null,
        any(TYPES),
        EventData.of(Integer.toString(number)),
        null,
        random.nextInt(3) == 0);
  }

  final View anyView() {
    Set<String> types = new HashSet<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      types.add(any(TYPES));
    }
    return new View(
        any(STREAMS),
        random.nextBoolean() ? any(LABELS) : null,
        random.nextInt(3) == 0 ? any(LABELS) : null,
        random.nextInt(3) == 0 ? any(LABELS) : null,
        types);
  }
}
