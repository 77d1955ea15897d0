package io.heliograph.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.Event;
import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import io.heliograph.log.Batch;
import io.heliograph.log.EventLog;
import io.heliograph.log.Publication;
import io.heliograph.log.Receipt;
import io.heliograph.log.SqliteEventLog;
import io.heliograph.log.TrimRule;
import io.heliograph.metrics.GapReason;
import io.heliograph.metrics.HubMetrics;
import io.heliograph.settings.Settings;
import io.heliograph.stream.StreamPolicies;
import io.heliograph.stream.UnknownStreamException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
  private final HubMetrics metrics = new HubMetrics(null);
  private final List<Runnable> wakes = new ArrayList<>();
  private final List<Duration> waits = new ArrayList<>();
  private final Map<String, String> settings = new HashMap<>();
  private boolean isStopping;
  private Instant now = Instant.parse("2026-11-21T10:00:00Z");
  private long nanos;
  private long batches;
  private EventLog log;
  private History history;

  @BeforeEach
  void open(@TempDir Path directory) {
    log = new SqliteEventLog(directory.resolve("log.db"), () -> now);
    use(Runnable::run);
  }

  @AfterEach
  void close() {
    log.close();
  }

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
  void waitsForAnEvent() throws Exception {
    List<EventId> ids = append(drafts(1));
    CompletableFuture<HistoryPage> answer = ask(waiting(ids.get(0), "25s"));
    assertFalse(answer.isDone());
    assertEquals(List.of(Duration.ofSeconds(25)), waits);

    append(draft("new", "a", List.of()));
    wakes.remove(0).run();

    assertEquals(List.of("new"), data(answer.get()));
  }

  @Test
  void waitsOn_whereWhatCameIsNotWhatWasAskedFor() throws Exception {
    List<EventId> ids = append(drafts(1));
    Map<String, String> query = new HashMap<>(waiting(ids.get(0), "25s"));
    query.put("correlation_id", "c");
    CompletableFuture<HistoryPage> answer = ask(query);

    EventId other = append(correlated("0", "d")).get(0);
    nanos += Duration.ofSeconds(10).toNanos();
    wakes.remove(0).run();
    assertFalse(answer.isDone());
    assertEquals(Duration.ofSeconds(15), waits.get(1));

    nanos += Duration.ofSeconds(15).toNanos();
    wakes.remove(0).run();
    assertEquals(List.of(), answer.get().events());
    assertEquals(other, answer.get().next(), "so that nobody looks at it again");
  }

  @Test
  void answersWithAnEmptyPage_whenTheTimeIsOver() throws Exception {
    List<EventId> ids = append(drafts(1));
    CompletableFuture<HistoryPage> answer = ask(waiting(ids.get(0), "25s"));

    nanos += Duration.ofSeconds(25).toNanos();
    wakes.remove(0).run();

    assertEquals(List.of(), answer.get().events());
    assertEquals(ids.get(0), answer.get().next());
  }

  @Test
  void answersAtOnce_whenTheNodeStopsMeanwhile() throws Exception {
    List<EventId> ids = append(drafts(1));
    CompletableFuture<HistoryPage> answer = ask(waiting(ids.get(0), "25s"));

    isStopping = true;
    wakes.remove(0).run();

    assertEquals(List.of(), answer.get().events());
    assertEquals(ids.get(0), answer.get().next());
    assertTrue(ask(waiting(ids.get(0), "25s")).isDone(), "nor does anybody new wait");
  }

  /** Seen red: it asked again and again, until the stack was full. */
  @Test
  void answers_whereTheStopWakesBeforeTheWaitHasBegun() throws Exception {
    List<EventId> ids = append(drafts(1));
    history =
        history(
            Runnable::run,
            (view, after, atMost, wake) -> {
              boolean wasStopping = isStopping;
              isStopping = true;
              if (!wasStopping) {
                wake.run();
              }
              return !wasStopping;
            });

    CompletableFuture<HistoryPage> answer = ask(waiting(ids.get(0), "25s"));

    assertTrue(answer.isDone());
    assertEquals(ids.get(0), answer.get().next());
  }

  @Test
  void waitsForEventsOfALaterTime_andGivesNoneBefore() throws Exception {
    append(drafts(1));
    CompletableFuture<HistoryPage> answer =
        ask(Map.of("since", "2026-11-21T10:00:10Z", "wait", "25s", "limit", "1"));
    append(draft("1", "a", List.of()), draft("2", "a", List.of()));
    wakes.remove(0).run();
    assertFalse(answer.isDone(), "nothing is late enough");

    now = now.plusSeconds(10);
    append(draft("3", "a", List.of()));
    wakes.remove(0).run();

    assertEquals(List.of("3"), data(answer.get()));
  }

  @Test
  void doesNotWait_whereThereIsSomethingToSay() {
    append(drafts(1));

    assertTrue(ask(Map.of("wait", "25s")).isDone());
    assertTrue(ask(Map.of("wait", "25s", "after", "abc")).isDone());
    assertTrue(ask(after(log.head())).isDone());
  }

  @Test
  void saysWhatWasTrimmed_whileItWaited() throws Exception {
    List<EventId> ids = append(drafts(1));
    CompletableFuture<HistoryPage> answer = ask(waiting(ids.get(0), "25s"));

    append(drafts(3));
    log.trim(new TrimRule("events", Duration.ZERO, 1), 100);
    wakes.remove(0).run();

    assertEquals(List.of("2"), data(answer.get()));
    assertEquals(GapReason.TRIMMED, Objects.requireNonNull(answer.get().gap()).reason());
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
    assertInstanceOf(UnknownStreamException.class, failure(ask(View.of("nowhere"), Map.of())));
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

    assertEquals(
        "0", history.find(ids.get(0)).toCompletableFuture().get().orElseThrow().data().toString());
    assertTrue(history.find(undeclared).toCompletableFuture().get().isEmpty());
    assertTrue(history.find(new EventId(1)).toCompletableFuture().get().isEmpty());
  }

  private void use(Executor executor) {
    history =
        history(
            executor,
            (view, after, atMost, wake) -> {
              waits.add(atMost);
              wakes.add(wake);
              return !isStopping;
            });
  }

  private History history(Executor executor, Arrivals arrivals) {
    settings.put("heliograph.streams", "other");
    return new History(
        log, StreamPolicies.read(Settings.of(settings)), arrivals, metrics, executor, () -> nanos);
  }

  private HistoryPage page(Map<String, String> query) {
    return page(View.of("events"), query);
  }

  private HistoryPage page(View view, Map<String, String> query) {
    return ask(view, query).join();
  }

  private CompletableFuture<HistoryPage> ask(Map<String, String> query) {
    return ask(View.of("events"), query);
  }

  private CompletableFuture<HistoryPage> ask(View view, Map<String, String> query) {
    Map<String, List<String>> parameters = new HashMap<>();
    query.forEach((name, value) -> parameters.put(name, List.of(value)));
    return history.page(HistoryQuery.parse(view, parameters)).toCompletableFuture();
  }

  /** All pages in one. */
  private HistoryPage follow(Map<String, String> query) {
    Map<String, String> next = new HashMap<>(query);
    List<Event> events = new ArrayList<>();
    HistoryPage page = page(next);
    events.addAll(page.events());
    while (!page.isAtEnd()) {
      next.put("after", page.next().toString());
      HistoryPage following = page(next);
      assertTrue(following.next().isAfter(page.next()), "a page must get on");
      events.addAll(following.events());
      page = following;
    }
    return new HistoryPage(events, page.from(), page.next(), null, true);
  }

  private static @Nullable Throwable failure(CompletableFuture<?> answer) {
    return assertThrows(ExecutionException.class, answer::get).getCause();
  }

  private static Map<String, String> after(EventId position) {
    return Map.of("after", position.toString());
  }

  private static Map<String, String> waiting(EventId position, String wait) {
    return Map.of("after", position.toString(), "wait", wait);
  }

  private static List<String> data(HistoryPage page) {
    return page.events().stream().map(event -> event.data().toString()).toList();
  }

  private List<EventId> append(EventDraft... drafts) {
    Receipt receipt =
        log.append(new Batch("node", ++batches, List.of(Publication.of(List.of(drafts))))).get(0);
    return assertInstanceOf(Receipt.Stored.class, receipt).ids();
  }

  private static EventDraft[] drafts(int count) {
    EventDraft[] drafts = new EventDraft[count];
    for (int i = 0; i < count; i++) {
      drafts[i] = draft(Integer.toString(i), "a", List.of());
    }
    return drafts;
  }

  private static EventDraft draft(String data, String type, List<String> keys) {
    return new EventDraft("events", keys, null, null, type, EventData.of(data), null, false);
  }

  private static EventDraft correlated(String data, String correlationId) {
    return new EventDraft(
        "events", List.of(), null, null, "a", EventData.of(data), correlationId, false);
  }
}
