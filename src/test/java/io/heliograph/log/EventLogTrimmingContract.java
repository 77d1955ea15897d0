package io.heliograph.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.Event;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every event log forgets, and how it says so, whatever stores it. */
abstract class EventLogTrimmingContract extends EventLogFixture {

  private static TrimRule keepEvents(String stream, long events) {
    return new TrimRule(stream, Duration.ZERO, events);
  }

  private static TrimRule keepAge(String stream, Duration age) {
    return new TrimRule(stream, age, 0);
  }

  @Test
  void trimsTheOldestBeyondTheCount_aSliceAtATime() {
    List<EventId> ids = append(Drafts.numbered("a", 0, 25));
    append(Drafts.numbered("b", 100, 5));
    TrimRule rule = keepEvents("a", 10);

    assertEquals(10, log.trim(rule, 10));
    assertEquals(ids.get(9), log.trimmedThrough("a"));
    assertEquals(5, log.trim(rule, 10));
    assertEquals(0, log.trim(rule, 10));
    assertEquals(ids.get(14), log.trimmedThrough("a"));
    assertEquals(EventId.NONE, log.trimmedThrough("b"));

    assertEquals(10, everything(View.of("a"), EventId.NONE, 7).size());
    assertEquals(5, everything(View.of("b"), EventId.NONE, 7).size());
    assertEquals(Optional.empty(), log.find(ids.get(14)));
    assertTrue(log.find(ids.get(15)).isPresent());

    append(Drafts.draft("a", "one more"));
    assertEquals(1, log.trim(rule, 10));
    reopen();
    assertEquals(0, log.trim(rule, 10));
    append(Drafts.draft("a", "and one more"));
    assertEquals(1, log.trim(rule, 10));
  }

  @Test
  void trimsWhatIsTooOld() {
    append(Drafts.numbered("a", 0, 5));
    clock.advance(Duration.ofHours(2));
    append(Drafts.numbered("a", 5, 5));
    TrimRule rule = keepAge("a", Duration.ofHours(2));
    assertEquals(0, log.trim(rule, 100));
    clock.advance(Duration.ofMillis(1));
    assertEquals(5, log.trim(rule, 100));
    assertEquals(List.of("5", "6", "7", "8", "9"), data(everything(EventId.NONE)));
  }

  @Test
  void trimsNothing_whenARuleKeepsAllOrNamesNoStream() {
    append(Drafts.numbered("a", 0, 5));
    clock.advance(Duration.ofDays(400));
    assertEquals(0, log.trim(new TrimRule("a", Duration.ZERO, 0), 100));
    assertEquals(0, log.trim(keepEvents("nobody", 1), 100));
  }

  /** Invariant 3. Red when the watermark was not moved: the page began where it was asked to. */
  @Test
  void pageBeginsAtTheWatermark() {
    List<EventId> ids = append(Drafts.numbered("a", 0, 10));
    log.trim(keepEvents("a", 4), 100);
    for (EventId after : List.of(EventId.NONE, ids.get(0), ids.get(5))) {
      Page page = log.read(View.of("a"), after, 100);
      assertEquals(ids.get(5), page.from());
      assertEquals(List.of("6", "7", "8", "9"), data(page.events()));
    }
    assertEquals(ids.get(7), log.read(View.of("a"), ids.get(7), 100).from());
    assertEquals(EventId.NONE, log.read(View.of("b"), EventId.NONE, 100).from());
  }

  @Test
  void followersPageSaysThatItMissedWhatWasTrimmed_andGivesTheRest() {
    EventId before = log.head();
    List<EventId> trimmed = append(Drafts.numbered("a", 0, 3));
    append(Drafts.numbered("b", 10, 2));
    List<EventId> kept = append(Drafts.numbered("a", 3, 1));
    log.trim(keepEvents("a", 1), 100);

    Page page = log.readAll(before, 100);
    assertEquals(trimmed.get(2), page.from());
    assertEquals(List.of("10", "11", "3"), data(page.events()));
    assertEquals(kept.get(0), page.through());
    assertEquals(trimmed.get(2), log.readAll(trimmed.get(2), 100).from());
  }

  @Test
  void trimmedKeysAreGoneToo() {
    append(Drafts.draft("a", "1", "x", "y"), Drafts.draft("a", "2", "x"));
    log.trim(keepEvents("a", 1), 100);
    assertEquals(List.of("2"), data(everything(View.of("a").withKey("x"), EventId.NONE, 10)));
    assertEquals(List.of(), data(everything(View.of("a").withKey("y"), EventId.NONE, 10)));
    assertEquals(EventId.NONE, log.positionBack(View.of("a").withKey("x"), 1, EventId.NONE));
  }

  @Test
  void retainedEventsOutliveTrimming() {
    append(Drafts.retained("a", "t", "1", "x"));
    EventId last = append(Drafts.draft("a", "2")).get(0);
    log.trim(keepEvents("a", 1), 100);
    Page page = log.readRetained(View.of("a").withKey("x"), EventId.NONE, last, 10);
    assertEquals(List.of("1"), data(page.events()));
    assertEquals(List.of("2"), data(everything(EventId.NONE)));
  }

  /**
   * Invariant 3. A page read while the log is trimmed holds all of its stretch, or its {@code from}
   * says what it lacks. Red when the watermark was moved in a transaction of its own.
   */
  @Test
  void pageIsWholeFromItsBeginning_whileTheLogIsTrimmed() throws Exception {
    int count = 3_000;
    EventId before = log.head();
    for (int i = 0; i < count; i += 500) {
      append(Drafts.numbered("a", i, 500));
    }
    EventId head = log.head();
    FutureTask<Integer> trimming =
        new FutureTask<>(
            () -> {
              int removed = 0;
              while (removed < count - 1) {
                removed += log.trim(keepEvents("a", 1), 7);
              }
              return removed;
            });
    Thread trimmer = new Thread(trimming);
    trimmer.start();
    int pages = 0;
    int gaps = 0;
    while (!trimming.isDone() || pages == 0) {
      EventId position = before;
      while (head.isAfter(position)) {
        Page page = log.read(View.of("a"), position, 100);
        gaps += page.from().isAfter(position) ? 1 : 0;
        EventId next = page.from();
        for (Event event : page.events()) {
          next = plus(next, 1);
          assertEquals(next, event.id(), "no hole after the page's beginning");
        }
        assertEquals(next, page.through());
        position = page.through();
        pages++;
      }
    }
    assertEquals(count - 1, trimming.get(10, TimeUnit.SECONDS));
    trimmer.join();
    assertTrue(gaps > 0, "some page was read after a trim");
  }
}
