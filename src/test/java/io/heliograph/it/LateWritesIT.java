package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.embedded.TestCaller;
import io.heliograph.it.AbortingClient.Crowd;
import io.heliograph.it.KeptAliveCaller.Counts;
import io.heliograph.it.KeptAliveCaller.Known;
import io.heliograph.server.Jvm;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Readers vanish in every way while events are written to them, and others ask for other things:
 * servers use requests, responses and buffers again, and what is written too late would come out in
 * a stranger's response.
 *
 * <p>{@code -Dit.late.clients=2000 -Dit.late.events=500 -Dit.late.seconds=60} for the full numbers.
 */
class LateWritesIT {
  private static final Duration HEARTBEAT = Duration.ofSeconds(2);

  /** Two heartbeats, and a while for a busy machine. */
  private static final Duration NOTICED = HEARTBEAT.multipliedBy(2).plusSeconds(2);

  /** So many come and go in a second. */
  private static final int ARRIVALS_PER_SECOND = 60;

  private static final int CALLERS = 8;
  private static final Duration BATCH_EVERY = Duration.ofMillis(50);

  private static TestHub hub;

  private final Events events = new Events();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean isOver;

  @BeforeAll
  static void start() {
    String beat = HEARTBEAT.toSeconds() + "s";
    hub =
        TestHub.start(
            "late-writes",
            Map.of(
                "streams", "late,short",
                "stream.late.heartbeat.every", beat,
                "stream.short.heartbeat.every", "1s",
                "stream.short.max-lifetime", "1s"));
  }

  @AfterAll
  static void stop() {
    hub.close();
  }

  /** Those that were made, and the ids of the latest. */
  private static final class Events implements KeptAliveCaller.Marked {
    private static final int REMEMBERED = 1000;

    private final AtomicInteger made = new AtomicInteger();
    private final List<Known> known = new ArrayList<>();
    private int oldest;

    @Override
    public int readers() {
      return Sizes.LATE_CLIENTS;
    }

    @Override
    public MarkedEvent next() {
      return MarkedEvent.of(made.incrementAndGet(), Sizes.LATE_CLIENTS);
    }

    @Override
    public synchronized void published(long id, MarkedEvent event) {
      if (known.size() < REMEMBERED) {
        known.add(new Known(id, event));
      } else {
        known.set(oldest, new Known(id, event));
        oldest = (oldest + 1) % REMEMBERED;
      }
    }

    @Override
    public synchronized Known any() {
      return known.get(ThreadLocalRandom.current().nextInt(known.size()));
    }
  }

  private void publish(String stream, int count) {
    List<MarkedEvent> batch = IntStream.range(0, count).mapToObj(i -> events.next()).toList();
    String body = batch.stream().map(MarkedEvent::json).collect(Collectors.joining(",", "[", "]"));
    List<Long> ids = hub.door().post(stream, Door.JSON, body).ids();
    assertEquals(count, ids.size());
    for (int i = 0; i < count; i++) {
      events.published(ids.get(i), batch.get(i));
    }
  }

  private Thread untilOver(String name, Act act) {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (!isOver) {
                  act.run();
                }
              } catch (IOException | RuntimeException | AssertionError e) {
                failure.compareAndSet(null, new AssertionError(name + " failed", e));
              }
            },
            name);
    thread.start();
    return thread;
  }

  private interface Act {
    void run() throws IOException;
  }

  private void publishSteadily() {
    long perBatch = Sizes.LATE_EVENTS * BATCH_EVERY.toMillis() / 1000;
    long begun = System.nanoTime();
    long end = begun + Duration.ofSeconds(Sizes.LATE_SECONDS).toNanos();
    long due = begun;
    while (System.nanoTime() - end < 0 && failure.get() == null) {
      publish("late", (int) Math.max(1, perBatch));
      publish("short", 1);
      due += BATCH_EVERY.toNanos();
      LockSupport.parkNanos(due - System.nanoTime());
    }
  }

  @Test
  void nothingOfOneResponseIsInAnother_andNothingIsHeld() throws Exception {
    URI base = hub.door().at(".");
    Crowd crowd =
        new Crowd(
            Sizes.LATE_CLIENTS,
            Duration.ofMillis(Math.max(500, 1000L * Sizes.LATE_CLIENTS / ARRIVALS_PER_SECOND)));
    Counts counts = new Counts();
    try (ClientLoop loop = new ClientLoop()) {
      publish("late", 20);
      List<AbortingClient> clients =
          IntStream.range(0, Sizes.LATE_CLIENTS)
              .mapToObj(
                  i -> new AbortingClient(loop, crowd, hub.door(), "late", i, TestCaller.HEADER))
              .toList();
      loop.run(() -> clients.forEach(AbortingClient::begin));
      List<KeptAliveCaller> callers = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        KeptAliveCaller caller = new KeptAliveCaller(base, "late", "short", events, counts);
        callers.add(caller);
        threads.add(untilOver("caller " + i, caller::act));
      }
      publishSteadily();
      isOver = true;
      for (Thread thread : threads) {
        thread.join();
      }
      for (KeptAliveCaller caller : callers) {
        caller.close();
      }
      loop.call(
          () -> {
            crowd.isOver = true;
            clients.forEach(AbortingClient::go);
            return true;
          });
      assertAllNoticed();
    }
    Throwable failed = failure.get();
    if (failed != null) {
      throw new AssertionError("others were disturbed", failed);
    }
    assertNothingIsHeld();
    report(crowd, counts);
  }

  private static void assertAllNoticed() {
    long begun = System.nanoTime();
    Waiting.until(
        "the hub has noticed that all are gone",
        () -> hub.door().metric("connections_active") == 0,
        NOTICED);
    System.out.printf(
        "LateWritesIT: all were noticed after %.1f s%n", (System.nanoTime() - begun) / 1e9);
    assertEquals(
        hub.door().metric("connections_opened_total"),
        hub.door().metric("connections_closed_total"));
  }

  private static void assertNothingIsHeld() {
    Waiting.until("no ring is left", () -> hub.door().metric("channels") == 0);
    Jvm jvm = new Jvm(hub.pid());
    for (String each : List.of("stream.Subscription", "stream.Lifespan", "sse.ServletEventSink")) {
      Waiting.until("no " + each + " is left", () -> jvm.instances("io.heliograph." + each) == 0);
    }
  }

  private void report(Crowd crowd, Counts counts) {
    System.out.printf(
        "LateWritesIT: %d clients, %d events, %d answers to the readers with %d events, gone: %s%n",
        Sizes.LATE_CLIENTS, events.made.get(), crowd.answers, crowd.events, crowd.gone);
    System.out.printf(
        "LateWritesIT: %d requests of %d callers, %d streams read to their end, %d requests behind"
            + " one, %d aborts; opened %d, closed %d%n",
        counts.requests().get(),
        CALLERS,
        counts.streams().get(),
        counts.behindAStream().get(),
        counts.aborts().get(),
        hub.door().metric("connections_opened_total"),
        hub.door().metric("connections_closed_total"));
    assertEquals(Set.of(AbortingClient.Way.values()), crowd.gone.keySet());
    assertTrue(counts.behindAStream().get() > 0, "no response came behind a stream");
    assertTrue(crowd.events > 0, "nobody read an event");
  }
}
