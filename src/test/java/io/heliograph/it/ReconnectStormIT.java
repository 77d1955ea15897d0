package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Many at once.
 *
 * <p>{@code -Dit.storm.clients=1000 -Dit.idle.clients=10000} for the full numbers.
 */
class ReconnectStormIT {
  private static final Duration STORM_DEADLINE = Duration.ofMinutes(5);

  /** What the hub reads at once. */
  private static final int PAGE_EVENTS = 256;

  private static TestHub hub;
  private static ClientLoop loop;

  private volatile boolean isOver;

  @BeforeAll
  static void start() {
    hub =
        TestHub.start(
            "reconnect-storm",
            Map.of(
                "streams", "storm,quiet",
                "stream.storm.history.events", "0",
                "stream.storm.replay.limit", "1000000",
                "stream.storm.write-timeout", "0"));
    loop = new ClientLoop();
  }

  @AfterAll
  static void stop() {
    try {
      loop.close();
    } finally {
      hub.close();
    }
  }

  /** Counts, and refuses anything but the next number: nobody else publishes meanwhile. */
  private static final class Counter {
    private final SseClient client;
    private volatile long last;

    Counter(long position) {
      last = position;
      client = hub.door().client(loop, "storm").at(position).to(this::take);
    }

    private void take(Block block) {
      if (block.isEvent()) {
        if (block.id() == null || block.number() != last + 1) {
          throw new AssertionError("after " + last + " came " + block);
        }
        last = block.number();
      }
    }
  }

  @Test
  void allGetExactlyTheirEvents_whileLiveOnesGoOn() throws InterruptedException {
    long base = publish(1);
    publish(Sizes.STORM_BACK);
    List<Counter> clients =
        IntStream.range(0, Sizes.STORM_CLIENTS).mapToObj(i -> new Counter(base + i % 700)).toList();
    long pagesBefore = hub.door().metric("log_pages_read_total");
    Thread live = new Thread(this::publishOn, "live");
    live.start();
    long begun = System.nanoTime();
    try {
      clients.forEach(counter -> counter.client.connect());
      for (Counter counter : clients) {
        Waiting.until(
            "a client has caught up with what was there when the storm began",
            () -> counter.last >= base + Sizes.STORM_BACK,
            STORM_DEADLINE);
      }
    } finally {
      isOver = true;
      live.join();
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    long end = publish(1);
    for (Counter counter : clients) {
      Waiting.until("every client has every event", () -> counter.last == end, STORM_DEADLINE);
      assertEquals(1, counter.client.connects());
      counter.client.leave();
    }
    long pages = hub.door().metric("log_pages_read_total") - pagesBefore;
    // Each once, whoever asks; the newest again as they fill with live events.
    assertTrue(pages <= 2 * ((end - base) / PAGE_EVENTS + 1), pages + " pages for " + (end - base));
    System.out.printf(
        "ReconnectStormIT: %d clients had their %d events after %.1f s, %d live ones meanwhile,"
            + " %d pages were read%n",
        clients.size(), Sizes.STORM_BACK, seconds, end - base - Sizes.STORM_BACK, pages);
  }

  private void publishOn() {
    while (!isOver) {
      publish(10);
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  /** Publishes that many and gives the last id. */
  private static long publish(int events) {
    long last = 0;
    for (int left = events; left > 0; left -= 1000) {
      int size = Math.min(left, 1000);
      String event = "{\"type\":\"t\",\"data\":{\"n\":1}}";
      String batch = "[" + (event + ",").repeat(size - 1) + event + "]";
      List<Long> ids = hub.door().post("storm", Door.JSON, batch).ids();
      last = ids.get(size - 1);
    }
    return last;
  }

  @Test
  void holdsIdleConnections_andReachesThemAll() throws InterruptedException {
    long before = hub.door().metric("connections_active");
    CountDownLatch reached = new CountDownLatch(Sizes.IDLE_CLIENTS);
    List<SseClient> clients = new ArrayList<>();
    long begun = System.nanoTime();
    for (int i = 0; i < Sizes.IDLE_CLIENTS; i++) {
      clients.add(
          hub.door()
              .client(loop, "quiet")
              .to(
                  block -> {
                    if (block.isEvent()) {
                      reached.countDown();
                    }
                  })
              .connect());
      if (i % 500 == 499) {
        clients.get(i).awaitHead();
      }
    }
    clients.forEach(SseClient::awaitHead);
    Waiting.until(
        "the hub counts them all",
        () -> hub.door().metric("connections_active") == before + Sizes.IDLE_CLIENTS);
    double opened = (System.nanoTime() - begun) / 1e9;
    begun = System.nanoTime();
    hub.door().publish("quiet", "t", "1");

    boolean isAll = reached.await(Waiting.DEADLINE.toSeconds(), TimeUnit.SECONDS);
    double took = (System.nanoTime() - begun) / 1e9;
    assertTrue(isAll, reached.getCount() + " connections were not reached");
    System.out.printf(
        "ReconnectStormIT: %d connections in %.1f s, one event reached all in %.2f s%n",
        clients.size(), opened, took);
    clients.forEach(SseClient::leave);
  }
}
