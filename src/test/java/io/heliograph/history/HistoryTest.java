package io.heliograph.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import io.heliograph.log.TrimRule;
import io.heliograph.metrics.GapReason;
import io.heliograph.stream.UnknownStreamException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class HistoryTest extends HistoryFixture {
  @Test
  void beginsAtTheOldestKept_withoutAPosition() {
    List<EventId> ids = append(drafts(3));

    HistoryPage page = page(Map.of());

    assertEquals(List.of("0", "1", "2"), data(page));
    assertEquals(ids.get(2), page.next());
    assertNull(page.gap());
  }

  @Test
  void saysThereIsNothingMore_byTheSamePosition() {
    List<EventId> ids = append(drafts(3));

    HistoryPage page = page(after(ids.get(2)));

    assertEquals(List.of(), page.events());
    assertEquals(ids.get(2), page.next());
    assertTrue(page.isAtEnd());
  }

  @Test
  void answersOfAnEmptyLog_withWhereItStands() {
    HistoryPage page = page(Map.of());

    assertEquals(log.head(), page.next());
    assertNull(page(after(page.next())).gap());
  }

  @Test
  void givesEveryEventOnce_pageByPage() {
    append(drafts(25));

    assertEquals(data(page(Map.of())), data(follow(Map.of("limit", "4"))));
  }

  @Test
  void seesOnlyItsView() {
    append(
        draft("0", "a", List.of("k")),
        draft("1", "b", List.of("k", "l")),
        draft("2", "b", List.of("l")));

    assertEquals(List.of("1", "2"), data(page(Map.of("type", "b"))));
    assertEquals(List.of("0", "1"), data(page(View.of("events").withKey("k"), Map.of())));
    assertEquals(List.of("1"), data(page(View.of("events").withKey("k"), Map.of("type", "b,c"))));
    assertEquals(List.of(), data(page(View.of("other"), Map.of())));
  }

  @Test
  void filtersByCorrelation_andSaysHowFarItLooked() {
    for (int i = 0; i < 2; i++) {
      append(drafts(1000));
    }
    append(correlated("x", "c-1"));

    HistoryPage first = page(Map.of("correlation_id", "c-1", "limit", "1"));

    assertEquals(List.of(), first.events(), "a request looks at so many and no more");
    assertFalse(first.isAtEnd());
    assertEquals(List.of("x"), data(follow(Map.of("correlation_id", "c-1", "limit", "1"))));
  }

  @Test
  void goesOnBehindTheLastEventItGave_whereAFilterLeavesMore() {
    append(correlated("0", "c"), correlated("1", "d"), correlated("2", "c"), correlated("3", "c"));

    assertEquals(List.of("0", "2", "3"), data(follow(Map.of("correlation_id", "c", "limit", "1"))));
  }

  @Test
  void boundsAPagesBytes() {
    String large = "\"" + "x".repeat(200_000) + "\"";
    for (int i = 0; i < 10; i++) {
      append(draft(large, "a", List.of()));
    }

    HistoryPage page = page(Map.of());

    assertEquals(6, page.events().size());
    assertEquals(10, follow(Map.of()).events().size());
  }

  @Test
  void beginsAtATime_andEndsBeforeAnother() {
    append(draft("0", "a", List.of()));
    now = now.plusSeconds(10);
    append(draft("1", "a", List.of()));
    now = now.plusSeconds(10);
    append(draft("2", "a", List.of()));

    assertEquals(List.of("1", "2"), data(page(Map.of("since", "2026-11-21T10:00:10Z"))));
    assertEquals(List.of("0"), data(page(Map.of("until", "2026-11-21T11:00:10+01:00"))));
    assertEquals(
        List.of("1"),
        data(
            page(
                Map.of(
                    "since",
                    Long.toString(Instant.parse("2026-11-21T10:00:01Z").toEpochMilli()),
                    "until",
                    "2026-11-21T10:00:20Z"))));
    HistoryPage none =
        page(Map.of("since", "2026-11-21T10:00:20Z", "until", "2026-11-21T10:00:10Z"));
    assertEquals(List.of(), none.events());
    assertTrue(none.isAtEnd());
  }

  @Test
  void prefersAPosition_toATime() {
    List<EventId> ids = append(drafts(3));

    assertEquals(
        List.of("2"),
        data(page(Map.of("after", ids.get(1).toString(), "since", "2000-01-01T00:00:00Z"))));
  }

  @Test
  void saysWhatWasTrimmed_andGoesOnWithTheOldest() {
    List<EventId> ids = append(drafts(5));
    log.trim(new TrimRule("events", Duration.ZERO, 2), 100);

    HistoryPage page = page(after(ids.get(0)));

    assertEquals(List.of("3", "4"), data(page));
    assertEquals(new Gap(GapReason.TRIMMED, ids.get(0).toString(), ids.get(2)), page.gap());
    assertEquals(1, metrics.gaps(GapReason.TRIMMED));
    assertNull(page(after(ids.get(2))).gap(), "nothing after it was trimmed");
    assertNull(page(Map.of()).gap(), "who presents no position misses nothing");
    assertNull(page(Map.of("after", "0")).gap(), "nobody was told this position");
    assertNull(page(Map.of("since", "2000-01-01T00:00:00Z")).gap());
  }

  @Test
  void saysThatAPositionIsUnknown() {
    append(drafts(2));
    String ahead = new EventId(log.head().value() + 1).toString();

    for (String requested : List.of(ahead, "1", "abc", "-1", "9007199254740992")) {
      HistoryPage page = page(Map.of("after", requested));

      assertEquals(List.of("0", "1"), data(page));
      assertEquals(new Gap(GapReason.UNKNOWN, requested, EventId.NONE), page.gap());
    }
    assertEquals(5, metrics.gaps(GapReason.UNKNOWN));
  }

  @Test
  void goesOnWithWhatComes_afterAGap_whereThePolicySaysSo() {
    settings.put("heliograph.stream.events.replay.lost", "fresh");
    use(Runnable::run);
    List<EventId> ids = append(drafts(5));
    log.trim(new TrimRule("events", Duration.ZERO, 2), 100);

    HistoryPage page = page(after(ids.get(0)));

    assertEquals(List.of(), page.events());
    assertEquals(new Gap(GapReason.TRIMMED, ids.get(0).toString(), ids.get(4)), page.gap());
    assertEquals(ids.get(4), page.next());
  }

  @Test
  void readsNothing_onTheAskersThread() {
    List<Runnable> executor = new ArrayList<>();
    use(executor::add);
    append(drafts(1));

    CompletableFuture<HistoryPage> answer = ask(Map.of());

    assertFalse(answer.isDone());
    executor.remove(0).run();
    assertTrue(answer.isDone());
  }

  @Test
  void refusesAnUnknownStream_andAFullHouse() {
    assertThrows(UnknownStreamException.class, () -> ask(View.of("nowhere"), Map.of()));
    use(
        act -> {
          throw new RejectedExecutionException("full");
        });
    assertInstanceOf(RejectedExecutionException.class, failure(ask(Map.of())));
  }

  @Test
  void findsOneEvent_ofADeclaredStream() throws Exception {
    List<EventId> ids = append(drafts(1));
    EventId undeclared =
        append(new EventDraft("gone", List.of(), null, null, "a", EventData.of("1"), null, false))
            .get(0);

    assertEquals("0", find(ids.get(0).toString(), READER).orElseThrow().data().toString());
    assertTrue(find(undeclared.toString(), READER).isEmpty());
    assertTrue(find("1", READER).isEmpty());
  }
}
