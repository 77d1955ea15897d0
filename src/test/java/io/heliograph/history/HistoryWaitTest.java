package io.heliograph.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.EventId;
import io.heliograph.event.View;
import io.heliograph.log.TrimRule;
import io.heliograph.metrics.GapReason;
import io.heliograph.stream.RefusedConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Waiting for an event, and the places that waits hold. */
class HistoryWaitTest extends HistoryFixture {
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
            (policy, peer) ->
                new TestPlace() {
                  @Override
                  public boolean onNext(View view, EventId after, Duration atMost, Runnable wake) {
                    boolean wasStopping = isStopping;
                    isStopping = true;
                    if (!wasStopping) {
                      wake.run();
                    }
                    return !wasStopping;
                  }
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
  void keepsOnePlace_fromTheFirstWaitToTheAnswer() {
    placesLimit = 1;
    List<EventId> ids = append(drafts(1));
    Map<String, String> query = new HashMap<>(waiting(ids.get(0), "25s"));
    query.put("correlation_id", "c");
    CompletableFuture<HistoryPage> answer = ask(query);
    assertEquals(1, placesTaken);
    assertEquals(ADDRESS, peers.get(0).address());
    assertEquals(caller, peers.get(0).caller());

    append(correlated("0", "d"));
    wakes.remove(0).run();
    assertFalse(answer.isDone(), "it was refused halfway");
    assertEquals(1, placesTaken);

    append(correlated("1", "c"));
    wakes.remove(0).run();
    assertEquals(List.of("1"), data(answer.join()));
    assertEquals(0, placesTaken);
  }

  @Test
  void givesThePlaceBack_whenTheTimeIsOver() {
    CompletableFuture<HistoryPage> answer = ask(waiting(log.head(), "25s"));
    nanos += Duration.ofSeconds(25).toNanos();
    wakes.remove(0).run();

    assertTrue(answer.isDone());
    assertEquals(0, placesTaken);
  }

  @Test
  void givesThePlaceBack_whenTheNodeStops() {
    CompletableFuture<HistoryPage> early = ask(waiting(log.head(), "25s"));
    isStopping = true;
    wakes.remove(0).run();

    assertTrue(early.isDone());
    assertTrue(ask(waiting(log.head(), "25s")).isDone());
    assertEquals(0, placesTaken);
  }

  @Test
  void givesThePlaceBack_whereNobodyCanLookAgain() {
    List<Runnable> executor = new ArrayList<>();
    use(
        act -> {
          if (placesTaken > 0) {
            throw new RejectedExecutionException("full");
          }
          executor.add(act);
        });
    CompletableFuture<HistoryPage> answer = ask(waiting(log.head(), "25s"));
    executor.remove(0).run();
    assertEquals(1, placesTaken);
    wakes.remove(0).run();

    assertInstanceOf(RejectedExecutionException.class, failure(answer));
    assertEquals(0, placesTaken);
  }

  /** Whoever hears the answer asks the next page at once, and must find the place free. */
  @Test
  void givesThePlaceBack_beforeTheAnswerIsHeard() {
    List<Integer> taken = new ArrayList<>();
    CompletableFuture<HistoryPage> answer = ask(waiting(log.head(), "25s"));
    CompletableFuture<Void> heard = answer.thenAccept(page -> taken.add(placesTaken));
    append(drafts(1));
    wakes.remove(0).run();

    assertTrue(heard.isDone());
    assertEquals(List.of(0), taken);
  }

  @Test
  void refusesWhoeverMustWaitWithoutAPlace_andNobodyElse() {
    placesLimit = 0;

    assertInstanceOf(RefusedConnectionException.class, failure(ask(waiting(log.head(), "25s"))));
    assertTrue(page(after(log.head())).events().isEmpty());
    append(drafts(1));
    assertEquals(List.of("0"), data(page(Map.of("wait", "25s"))));
  }
}
