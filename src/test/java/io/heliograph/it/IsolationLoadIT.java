package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Two tenants on one stream and two owners on another, all publishing and reading at once: nobody
 * sees one event of another, and each all of its own, once and in order.
 *
 * <p>{@code -Dit.isolation.seconds} says how long.
 */
class IsolationLoadIT extends DeployedClients {
  private static final int PUBLISHERS = 2;
  private static final int READERS = 4;
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final AtomicReference<@Nullable String> foreign = new AtomicReference<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean isOver;

  /** A ring smaller than what comes at once: readers go to and fro between it and the log. */
  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with(
        "heliograph.streams=tenant,owner",
        "heliograph.stream.tenant.isolation=tenant",
        "heliograph.stream.tenant.heartbeat.every=1s",
        "heliograph.stream.tenant.history.events=0",
        "heliograph.stream.tenant.replay.limit=10000000",
        "heliograph.stream.tenant.buffer.events=20",
        "heliograph.stream.owner.isolation=owner",
        "heliograph.stream.owner.heartbeat.every=1s",
        "heliograph.stream.owner.history.events=0",
        "heliograph.stream.owner.replay.limit=10000000",
        "heliograph.stream.owner.buffer.events=20");
  }

  /** One party: its publishers, and all who read as it. */
  private final class Side {
    private final String stream;
    private final Party party;
    private final Door as;
    private final Queue<Long> published = new ConcurrentLinkedQueue<>();
    private final List<Ledger> ledgers = new ArrayList<>();
    private final List<SseClient> clients = new ArrayList<>();
    private final Ledger pages;
    private volatile long newest;
    private final AtomicInteger answers = new AtomicInteger();

    Side(String stream, Party party) {
      this.stream = stream;
      this.party = party;
      as = door.as(party.token());
      pages = Ledger.of(this + ", pages");
      for (int i = 0; i < READERS; i++) {
        Ledger ledger = Ledger.of(this + ", reader " + i);
        SseClient client =
            as.client(loop, stream)
                .at("0")
                .to(
                    block -> {
                      requireOwn(block.data());
                      ledger.take(block);
                    });
        ledgers.add(ledger);
        clients.add(client.connect());
      }
      clients.forEach(SseClient::awaitHead);
    }

    private void requireOwn(@Nullable String data) {
      if (data != null && !data.equals("\"" + party + "\"")) {
        foreign.compareAndSet(null, this + " got " + data);
      }
    }

    void publish() {
      JsonArrayBuilder batch = Json.createArrayBuilder();
      int size = ThreadLocalRandom.current().nextInt(1, 10);
      IntStream.range(0, size).forEach(i -> batch.add(party.event("t", party.toString())));
      List<Long> ids = as.post(stream, Door.JSON, batch.build().toString()).ids();
      published.addAll(ids);
      newest = ids.get(ids.size() - 1);
      LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(PAUSE.toNanos()));
    }

    /** The first reader stays; the others come back again and again. */
    void comeBack() {
      clients.get(ThreadLocalRandom.current().nextInt(1, READERS)).comeBack();
      LockSupport.parkNanos(PAUSE.toNanos());
    }

    /** The next page; false if there was nothing new. */
    boolean turnPage(String wait) {
      JsonObject page =
          as.get(
                  "api/v2/streams/"
                      + stream
                      + "/events?limit=1000&after="
                      + pages.last()
                      + ("&wait=" + wait))
              .json();
      for (JsonObject event : page.getJsonArray("events").getValuesAs(JsonObject.class)) {
        requireOwn(event.get("data") + "");
        String id = event.getString("id");
        pages.take(new Block(id, event.getString("type"), "", null, List.of()));
      }
      return !page.getJsonArray("events").isEmpty();
    }

    /** Asks for the other's newest event, and for what lies around it. */
    void askFor(Side other) {
      for (long id = other.newest; id > Math.max(0, other.newest - 3); id--) {
        Door.Answer answer = as.get("api/v2/events/" + id);
        if (answer.status() == 200) {
          answers.incrementAndGet();
          requireOwn(answer.json().get("data") + "");
        } else {
          assertEquals(404, answer.status(), answer.body());
        }
      }
    }

    void assertComplete() {
      List<Long> expected = published.stream().sorted().toList();
      for (Ledger ledger : ledgers) {
        Waiting.until(
            this + " has its " + expected.size() + " events",
            () -> foreign.get() != null || ledger.last() >= newestOf(expected));
        assertNone();
        assertEquals(expected, ledger.ids(), this::toString);
      }
      while (turnPage("0")) {
        assertNone();
      }
      assertEquals(expected, pages.ids(), () -> this + ", pages");
      assertEquals(1, clients.get(0).connects());
      assertTrue(clients.get(1).connects() > 1, "nobody came back");
    }

    @Override
    public String toString() {
      return stream + " as " + party;
    }
  }

  private static long newestOf(List<Long> ids) {
    return ids.get(ids.size() - 1);
  }

  private void assertNone() {
    assertNull(foreign.get());
    assertNull(failure.get());
  }

  private Thread untilOver(String name, Runnable act) {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (!isOver) {
                  act.run();
                }
              } catch (RuntimeException | AssertionError e) {
                failure.compareAndSet(null, e);
              }
            },
            name);
    thread.start();
    return thread;
  }

  @Test
  void nobodySeesAnothersEvents_andEachAllOfItsOwn() throws InterruptedException {
    List<Side> sides =
        List.of(
            new Side("tenant", Party.of("maria@red")),
            new Side("tenant", Party.of("maria@blue")),
            new Side("owner", Party.of("anna")),
            new Side("owner", Party.of("otto")));
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < sides.size(); i++) {
      Side side = sides.get(i);
      Side other = sides.get(i ^ 1);
      for (int publisher = 0; publisher < PUBLISHERS; publisher++) {
        threads.add(untilOver(side + " publishes", side::publish));
      }
      threads.add(untilOver(side + " comes back", side::comeBack));
      threads.add(untilOver(side + " turns pages", () -> side.turnPage("1s")));
      threads.add(untilOver(side + " asks", () -> side.askFor(other)));
    }
    long end = System.nanoTime() + Duration.ofSeconds(Sizes.ISOLATION_SECONDS).toNanos();
    while (System.nanoTime() - end < 0 && foreign.get() == null && failure.get() == null) {
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    isOver = true;
    for (Thread thread : threads) {
      thread.join();
    }
    assertNone();
    sides.forEach(Side::publish);
    sides.forEach(Side::assertComplete);
    sides.forEach(
        side ->
            System.out.printf(
                "IsolationLoadIT: %s published %d events, its readers connected %s times, %d of"
                    + " the ids asked for were its own%n",
                side,
                side.published.size(),
                side.clients.stream().map(SseClient::connects).toList(),
                side.answers.get()));
  }
}
