package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * The hub is killed at random moments while events are published and read.
 *
 * <p>{@code -Dit.kills=20} for the full number. SIGKILL leaves what the kernel has; that a commit
 * has also reached the disk is SQLite's {@code synchronous=FULL}, which no test without a power cut
 * sees.
 */
class KillNineIT {
  private static final int PUBLISHERS = 4;
  private static final int READERS = 4;

  /** Where a span may begin: at multiples of this. Each start of the hub begins one. */
  private static final long SPAN = 1 << 20;

  private final Map<Long, String> acknowledged = new ConcurrentHashMap<>();
  private final Set<String> insisted = ConcurrentHashMap.newKeySet();
  private final AtomicInteger failures = new AtomicInteger();
  private volatile boolean isOver;

  @Test
  void everyAcknowledgedEventIsThere_andEveryReaderComplete() throws InterruptedException {
    try (TestHub hub =
            TestHub.start(
                "kill-nine",
                Map.of(
                    "streams", "ledger",
                    "stream.ledger.history.events", "0",
                    "stream.ledger.replay.limit", "2000000000",
                    "stream.ledger.heartbeat.every", "1s",
                    "stream.ledger.buffer.events", "50"));
        ClientLoop loop = new ClientLoop()) {
      List<Ledger> ledgers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        ledgers.add(reader(hub, loop, "reader " + i));
      }
      List<Thread> publishers = new ArrayList<>();
      for (int i = 0; i < PUBLISHERS; i++) {
        int number = i;
        publishers.add(new Thread(() -> publish(hub.door(), number), "publisher-" + i));
      }
      publishers.forEach(Thread::start);
      try {
        for (int kill = 0; kill < Sizes.KILLS; kill++) {
          killAtRandom(hub);
        }
        awaitMoreAcknowledged(20);
      } finally {
        isOver = true;
        for (Thread publisher : publishers) {
          publisher.join();
        }
      }
      long last = hub.door().publish("ledger", "t", "\"last\"");
      assertComplete(hub, loop, ledgers, last);
    }
  }

  private static Ledger reader(TestHub hub, ClientLoop loop, String name) {
    Ledger ledger = Ledger.of(name);
    SseClient client = hub.door().client(loop, "ledger").at("0");
    client.to(ledger::take).comingBackAfter(Duration.ofMillis(50)).connect();
    return ledger;
  }

  private void killAtRandom(TestHub hub) throws InterruptedException {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    awaitMoreAcknowledged(random.nextInt(1, 200));
    LockSupport.parkNanos(random.nextLong(Duration.ofMillis(30).toNanos()));
    hub.kill();
    hub.startAgain();
  }

  private void awaitMoreAcknowledged(int events) {
    int before = acknowledged.size();
    Waiting.until(
        events + " more events were acknowledged", () -> acknowledged.size() >= before + events);
  }

  /** Half of the publishers insist on each batch, with an idempotency key; the others never do. */
  private void publish(Door door, int publisher) {
    boolean insists = publisher % 2 == 0;
    for (int batch = 0; !isOver; batch++) {
      List<String> data = new ArrayList<>();
      int size = ThreadLocalRandom.current().nextInt(1, 12);
      for (int i = 0; i < size; i++) {
        data.add("\"" + publisher + "-" + batch + "-" + i + "\"");
      }
      if (insists) {
        insisted.addAll(data);
      }
      String key = UUID.randomUUID().toString();
      boolean isStored = publish(door, data, key);
      while (insists && !isStored) {
        isStored = publish(door, data, key);
      }
    }
  }

  private boolean publish(Door door, List<String> data, String idempotencyKey) {
    List<String> events =
        data.stream().map(one -> "{\"type\":\"t\",\"data\":" + one + "}").toList();
    try {
      Door.Answer answer =
          door.post(
              "ledger",
              Door.JSON,
              "[" + String.join(",", events) + "]",
              "Idempotency-Key",
              idempotencyKey);
      if (answer.status() == 201) {
        List<Long> ids = answer.ids();
        for (int i = 0; i < ids.size(); i++) {
          acknowledged.put(ids.get(i), data.get(i));
        }
        return true;
      }
    } catch (UncheckedIOException e) {
      // The hub is dead or was killed before it answered: the outcome is unknown.
      failures.incrementAndGet();
    }
    LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    return false;
  }

  /** Requires that a number follows the last one, or begins a span; gives how many begin one. */
  private static int spansBegun(List<Long> ids) {
    int begun = 0;
    for (int i = 1; i < ids.size(); i++) {
      if (ids.get(i) != ids.get(i - 1) + 1) {
        long hole = ids.get(i);
        assertEquals(0, hole % SPAN, () -> "a hole before event " + hole);
        begun++;
      }
    }
    return begun;
  }

  private void assertComplete(TestHub hub, ClientLoop loop, List<Ledger> ledgers, long last) {
    Map<Long, String> stored = new TreeMap<>();
    SseClient all = hub.door().client(loop, "ledger").at("0").connect();
    for (Block block = all.nextEvent(); true; block = all.nextEvent()) {
      stored.put(block.number(), block.text());
      if (block.number() == last) {
        break;
      }
    }
    acknowledged.forEach((id, data) -> assertEquals(data, stored.get(id), () -> "event " + id));
    List<Long> ids = List.copyOf(stored.keySet());
    assertEquals(Sizes.KILLS, spansBegun(ids), "spans begun after the first");
    assertEquals(
        stored.size(), new HashSet<>(stored.values()).size(), "something was stored twice");
    assertTrue(stored.values().containsAll(insisted), "something insisted on is missing");
    for (Ledger ledger : ledgers) {
      Waiting.until("all have caught up", () -> ledger.last() == last);
      assertEquals(ids, ledger.ids());
    }
    System.out.println(
        "KillNineIT: "
            + Sizes.KILLS
            + " kills, "
            + stored.size()
            + " events stored, "
            + acknowledged.size()
            + " acknowledged, "
            + failures.get()
            + " requests without an answer");
  }
}
