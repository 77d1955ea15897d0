package io.heliograph.history;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.access.Caller;
import io.heliograph.access.ClientAddress;
import io.heliograph.access.Credential;
import io.heliograph.access.Roles;
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
import io.heliograph.metrics.HubMetrics;
import io.heliograph.settings.Settings;
import io.heliograph.stream.Arrivals;
import io.heliograph.stream.Peer;
import io.heliograph.stream.Refusals;
import io.heliograph.stream.StreamPolicies;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A history over a log on disk, with time, arrivals and executor in the test's hand. */
abstract class HistoryFixture {
  static final Caller READER = new Caller("maria", Set.of(Roles.READ_ALL), null, Credential.NONE);

  static final ClientAddress ADDRESS = new ClientAddress("10.0.0.1", "10.0.0.1");

  final HubMetrics metrics = new HubMetrics(null);
  final List<Runnable> wakes = new ArrayList<>();
  final List<Duration> waits = new ArrayList<>();
  final List<Peer> peers = new ArrayList<>();
  final Map<String, String> settings = new HashMap<>();
  Caller caller = READER;
  boolean isStopping;
  int placesLimit = 100;
  int placesTaken;
  Instant now = Instant.parse("2026-11-21T10:00:00Z");
  long nanos;
  long batches;
  EventLog log;
  History history;

  @BeforeEach
  void open(@TempDir Path directory) {
    log = new SqliteEventLog(directory.resolve("log.db"), () -> now);
    use(Runnable::run);
  }

  @AfterEach
  void close() {
    log.close();
  }

  final void use(Executor executor) {
    history =
        history(
            executor,
            (policy, peer) -> {
              if (placesTaken == placesLimit) {
                throw Refusals.ofAddress("jobs", "full");
              }
              placesTaken++;
              peers.add(peer);
              return new TestPlace();
            });
  }

  class TestPlace implements Arrivals.Place {
    private boolean isTaken = true;

    @Override
    public boolean onNext(View view, EventId after, Duration atMost, Runnable wake) {
      assertTrue(isTaken, "it waits without a place");
      waits.add(atMost);
      wakes.add(wake);
      return !isStopping;
    }

    @Override
    public void release() {
      assertTrue(isTaken, "released twice");
      isTaken = false;
      placesTaken--;
    }
  }

  History history(Executor executor, Arrivals arrivals) {
    settings.put("heliograph.streams", "other");
    return new History(
        log,
        StreamPolicies.read(Settings.of(settings)),
        arrivals,
        metrics,
        executor,
        () -> nanos,
        () -> now);
  }

  HistoryPage page(Map<String, String> query) {
    return page(View.of("events"), query);
  }

  HistoryPage page(View view, Map<String, String> query) {
    return ask(view, query).join();
  }

  CompletableFuture<HistoryPage> ask(Map<String, String> query) {
    return ask(View.of("events"), query);
  }

  CompletableFuture<HistoryPage> ask(View view, Map<String, String> query) {
    Map<String, List<String>> parameters = new HashMap<>();
    query.forEach((name, value) -> parameters.put(name, List.of(value)));
    Peer peer = new Peer(caller, ADDRESS, "", null);
    return history.page(HistoryQuery.parse(view, parameters), peer).toCompletableFuture();
  }

  /** All pages in one. */
  HistoryPage follow(Map<String, String> query) {
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

  Optional<Event> find(String id, Caller by) {
    return history.find(id, by).toCompletableFuture().join();
  }

  static @Nullable Throwable failure(CompletableFuture<?> answer) {
    return assertThrows(ExecutionException.class, answer::get).getCause();
  }

  static Map<String, String> after(EventId position) {
    return Map.of("after", position.toString());
  }

  static Map<String, String> waiting(EventId position, String wait) {
    return Map.of("after", position.toString(), "wait", wait);
  }

  static List<String> data(HistoryPage page) {
    return page.events().stream().map(event -> event.data().toString()).toList();
  }

  List<EventId> append(EventDraft... drafts) {
    Receipt receipt =
        log.append(new Batch("node", ++batches, List.of(Publication.of(List.of(drafts))))).get(0);
    return assertInstanceOf(Receipt.Stored.class, receipt).ids();
  }

  static EventDraft[] drafts(int count) {
    EventDraft[] drafts = new EventDraft[count];
    for (int i = 0; i < count; i++) {
      drafts[i] = draft(Integer.toString(i), "a", List.of());
    }
    return drafts;
  }

  static EventDraft draft(String data, String type, List<String> keys) {
    return new EventDraft("events", keys, null, null, type, EventData.of(data), null, false);
  }

  static EventDraft correlated(String data, String correlationId) {
    return new EventDraft(
        "events", List.of(), null, null, "a", EventData.of(data), correlationId, false);
  }
}
