package io.heliograph.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.Event;
import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every event log gives to whom, whatever stores it. */
abstract class EventLogReadingContract extends EventLogFixture {

  /** Several batches of random events, a second apart, over two spans. */
  private List<Event> anyEvents(int count) {
    List<Event> events = new ArrayList<>();
    while (events.size() < count) {
      if (events.size() >= count / 2 && batches > 20) {
        reopen();
      }
      List<EventDraft> drafts = new ArrayList<>();
      for (int i = random.nextInt(10); i >= 0; i--) {
        drafts.add(anyDraft(events.size() + drafts.size()));
      }
      List<EventId> ids = append(drafts);
      for (int i = 0; i < drafts.size(); i++) {
        events.add(new Event(ids.get(i), clock.instant(), drafts.get(i)));
      }
      clock.advance(Duration.ofSeconds(1));
    }
    return events;
  }

  private static List<Event> accepted(View view, List<Event> events, EventId after, EventId upTo) {
    return events.stream()
        .filter(event -> event.id().isAfter(after) && !event.id().isAfter(upTo))
        .filter(view::accepts)
        .toList();
  }

  /** Invariant 6. Red when {@code View.accepts} was not asked about types: all came. */
  @Test
  void pageHoldsExactlyWhatItsViewAccepts() {
    List<Event> events = anyEvents(400);
    for (int round = 0; round < 400; round++) {
      View view = anyView();
      EventId after = random.nextInt(4) == 0 ? EventId.NONE : any(events).id();
      Page page = log.read(view, after, 1 + random.nextInt(20));
      assertEquals(after, page.from());
      assertEquals(accepted(view, events, after, page.through()), page.events());
    }
  }

  @Test
  void pagesTogetherHoldEverything() {
    List<Event> events = anyEvents(300);
    assertEquals(events, everything(EventId.NONE));
    for (int round = 0; round < 60; round++) {
      View view = anyView();
      int limit = 1 + random.nextInt(50);
      assertEquals(
          accepted(view, events, EventId.NONE, log.head()),
          everything(view, EventId.NONE, limit),
          view::toString);
    }
  }

  @Test
  void pageIsEmptyAtTheHeadAndBeyond() {
    append(Drafts.draft("a", "1"));
    EventId head = log.head();
    EventId beyond = plus(head, 5);
    assertEquals(new Page(List.of(), head, head), log.readAll(head, 10));
    assertEquals(new Page(List.of(), head, head), log.read(View.of("a"), head, 10));
    assertEquals(new Page(List.of(), beyond, beyond), log.readAll(beyond, 10));
    assertEquals(new Page(List.of(), beyond, beyond), log.read(View.of("a"), beyond, 10));
    assertEquals(new Page(List.of(), EventId.NONE, head), log.read(View.of("b"), EventId.NONE, 9));
  }

  /** Invariant 4. Red without the row limit: the page ran to the head over all rows. */
  @Test
  void pageEndsEarly_whenFewRowsMatch() {
    EventId before = log.head();
    append(Drafts.numbered("a", 0, 1_000));
    Page page = log.read(View.of("a").withTypes(Set.of("rare")), before, 10);
    assertEquals(List.of(), page.events());
    assertTrue(page.through().isAfter(before));
    assertFalse(page.through().isAfter(plus(before, 50)), "looked at few rows only");
  }

  /** Invariant 4. Red without the byte limit: all came in one page. */
  @Test
  void pageEndsEarly_whenItIsLarge() {
    EventId before = log.head();
    String large = "x".repeat(EventData.LIMIT_BYTES);
    for (int i = 0; i < 40; i++) {
      append(Drafts.draft("a", large, "k"));
    }
    for (Page page : List.of(log.readAll(before, 1_000), log.read(View.of("a"), before, 1_000))) {
      assertEquals(32, page.events().size());
      assertEquals(page.events().get(31).id(), page.through());
    }
    assertEquals(40, everything(View.of("a").withKey("k"), before, 1_000).size());
  }

  // Retained events.

  private record Slot(String key, String tenant, String owner, String type) {}

  private static Map<Slot, Event> slots(String stream, List<Event> events) {
    Map<Slot, Event> slots = new HashMap<>();
    for (Event event : events) {
      if (event.stream().equals(stream) && event.draft().isRetained()) {
        for (String key : event.keys().isEmpty() ? List.of("") : event.keys()) {
          slots.put(
              new Slot(
                  key, String.valueOf(event.tenant()), String.valueOf(event.owner()), event.type()),
              event);
        }
      }
    }
    return slots;
  }

  /** Red when what a newer event replaced was kept: newcomers saw both. */
  @Test
  void retainedEventsAreTheNewestOfTheirSlots() {
    List<Event> events = anyEvents(300);
    for (int round = 0; round < 200; round++) {
      View view = anyView();
      EventId after = random.nextBoolean() ? EventId.NONE : any(events).id();
      EventId upTo = random.nextBoolean() ? log.head() : any(events).id();
      Set<Event> expected = new HashSet<>();
      slots(view.stream(), events)
          .forEach(
              (slot, event) -> {
                boolean isOfView = view.key() == null || view.key().equals(slot.key());
                if (isOfView && !accepted(view, List.of(event), after, upTo).isEmpty()) {
                  expected.add(event);
                }
              });
      List<Event> found = new ArrayList<>();
      EventId position = after;
      while (upTo.isAfter(position)) {
        Page page = log.readRetained(view, position, upTo, 1 + random.nextInt(10));
        assertEquals(position, page.from());
        assertTrue(page.through().isAfter(position), "a page must get on");
        found.addAll(page.events());
        position = page.through();
      }
      assertEquals(expected.stream().sorted(Comparator.comparing(Event::id)).toList(), found);
    }
  }

  @Test
  void retainedEventOutlivesItsLastButOneKey() {
    EventId both = append(Drafts.retained("a", "t", "1", "x", "y")).get(0);
    EventId newer = append(Drafts.retained("a", "t", "2", "x")).get(0);
    View view = View.of("a");
    assertEquals(List.of("1", "2"), retained(view, newer));
    assertEquals(List.of("2"), retained(view.withKey("x"), newer));
    assertEquals(List.of("1"), retained(view.withKey("y"), newer));
    assertEquals(List.of("1"), retained(view, both));
    EventId newest = append(Drafts.retained("a", "t", "3", "y")).get(0);
    assertEquals(List.of("2", "3"), retained(view, newest));
  }

  private List<String> retained(View view, EventId upTo) {
    Page page = log.readRetained(view, EventId.NONE, upTo, 100);
    assertEquals(upTo, page.through());
    return data(page.events());
  }

  // Positions.

  @Test
  void positionAtAMomentHasAllThatCameLaterAfterIt() {
    assertEquals(log.head(), log.positionAt(clock.instant()));
    List<Event> events = anyEvents(120);
    Instant start = events.get(0).time();
    for (long seconds = -1; seconds < 60; seconds++) {
      Instant since = start.plusSeconds(seconds);
      List<Event> later = events.stream().filter(event -> !event.time().isBefore(since)).toList();
      EventId position = log.positionAt(since);
      assertEquals(later, everything(position), since::toString);
    }
    assertEquals(log.head(), log.positionAt(clock.instant().plusSeconds(1)));
    assertEquals(EventId.NONE, log.positionAt(Instant.EPOCH));
  }

  @Test
  void positionBackHasSoManyEventsOfItsViewAfterIt() {
    List<Event> events = anyEvents(300);
    for (int round = 0; round < 200; round++) {
      View view = anyView();
      int wanted = random.nextInt(30);
      List<Event> all = accepted(view, events, EventId.NONE, log.head());
      EventId earliest = any(List.of(EventId.NONE, any(events).id(), log.head()));
      EventId position = log.positionBack(view, wanted, earliest);
      EventId furthest =
          all.size() <= wanted ? EventId.NONE : all.get(all.size() - wanted - 1).id();
      assertEquals(EventId.max(earliest, furthest), position, view::toString);
    }
  }
}
