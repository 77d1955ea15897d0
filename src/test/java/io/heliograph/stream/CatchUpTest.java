package io.heliograph.stream;

import static io.heliograph.stream.TestHub.ALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.EventId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Those behind memory: a log out of reach, storms, and what they may hold. */
class CatchUpTest {
  private TestHub hub = new TestHub();

  @AfterEach
  void keepsTheServletContract() {
    hub.close();
  }

  @Test
  void staysOpen_andBegins_whenTheLogIsBack() {
    hub = new TestHub("heartbeat.every", "15s");
    EventId start = hub.log.head();
    List<EventId> published = hub.publishMany(5);
    hub.log.setUnavailable(true);
    TestClient client = hub.connect(ALL, start);
    for (int i = 0; i < 40; i++) {
      hub.pass(Duration.ofSeconds(1));
      hub.settle();
    }

    assertTrue(client.isConnected());
    assertEquals(2, client.blocks().stream().filter(":heartbeat"::equals).count());
    assertTrue(hub.log.failures() >= 30, "asked again each second");
    hub.log.setUnavailable(false);
    hub.pass(Duration.ofSeconds(2));
    hub.settle();
    assertEquals(published, client.events());
  }

  @Test
  void staysOpen_andCatchesUp_whenTheLogIsBack() {
    EventId start = hub.log.head();
    List<EventId> published = hub.appendMany(2000);
    hub.follow();
    TestClient client = hub.connect(ALL, new StartAt(start.toString(), null));
    for (int i = 0; i < 4; i++) {
      hub.pool.runOne();
    }
    int had = client.events().size();
    assertTrue(had > 0 && had < 2000);
    hub.log.setUnavailable(true);
    hub.settle();
    hub.pass(Duration.ofSeconds(20));
    hub.settle();
    assertTrue(client.isConnected());
    hub.log.setUnavailable(false);
    for (int i = 0; i < 3; i++) {
      hub.pass(Duration.ofSeconds(1));
      hub.settle();
    }

    assertEquals(published, client.events());
  }

  /**
   * Seen red: a start inside the ring asked the log on the spot, and its failing cut the
   * connection.
   */
  @Test
  void staysOpen_whenItsPositionIsInTheRing_andTheLogIsOutOfReach() {
    hub.connect(ALL);
    List<EventId> published = hub.publishMany(5);
    hub.log.setUnavailable(true);
    TestClient client = hub.connect(ALL, published.get(1));

    assertTrue(client.isConnected());
    hub.log.setUnavailable(false);
    hub.pass(Duration.ofSeconds(2));
    hub.settle();
    assertEquals(published.subList(2, 5), client.events());
  }

  @Test
  void readsEachPageOnce_inAStormOfReconnects() {
    EventId start = hub.log.head();
    List<EventId> published = hub.appendMany(5000, "k");
    hub.follow();
    List<TestClient> clients = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      // Not all from the same position.
      EventId from = i % 2 == 0 ? start : published.get(i % 100);
      clients.add(hub.connect(ALL, new StartAt(from.toString(), null)));
    }
    hub.settle();

    for (int i = 0; i < 1000; i++) {
      int first = i % 2 == 0 ? 0 : i % 100 + 1;
      assertEquals(published.subList(first, 5000), clients.get(i).events());
    }
    assertEquals(
        List.of(),
        hub.log.reads().entrySet().stream().filter(read -> read.getValue() > 1).toList());
    assertTrue(hub.log.reads().size() <= 5000 / 256 + 2, hub.log.reads().size() + " pages");
  }

  @Test
  void readsEachPageOnce_howeverLargeItsEventsAre() {
    hub.setEventBytes(9_000);
    EventId start = hub.log.head();
    List<EventId> published = hub.appendMany(100);
    hub.follow();
    List<TestClient> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      clients.add(hub.connect(ALL, new StartAt(start.toString(), null)));
    }
    hub.settle();

    clients.forEach(client -> assertEquals(published, client.events()));
    assertEquals(1, hub.log.reads().size());
    assertTrue(hub.log.reads().containsValue(1));
  }

  @Test
  void getsAll_whenNothingCanBeCached() {
    hub.close();
    hub = new TestHub(100, "heartbeat.every", "0");
    hub.setEventBytes(9_000);
    EventId start = hub.log.head();
    List<EventId> published = hub.appendMany(100);
    hub.follow();
    TestClient client = hub.connect(ALL, start);

    assertEquals(published, client.events());
  }

  @Test
  void givesRetained_howeverLargeTheyAre() {
    hub.setEventBytes(20_000);
    for (int i = 0; i < 20; i++) {
      hub.append("price", true, "k" + i);
    }
    hub.follow();
    TestClient client = hub.connect(ALL);

    assertEquals(20, client.named("price").size());
    assertEquals(20, client.named("price").stream().distinct().count());
  }

  @Test
  void keepsItsPlaceInLine_soThatOneFarBehindHoldsNobodyUp() {
    EventId start = hub.log.head();
    hub.appendMany(5000, "far");
    EventId before = hub.log.head();
    List<EventId> near = hub.appendMany(10, "near");
    hub.follow();
    TestClient far = hub.connect(ALL.withKey("far"), new StartAt(start.toString(), null));
    TestClient close = hub.connect(ALL.withKey("near"), new StartAt(before.toString(), null));
    for (int turns = 0; turns < 5; turns++) {
      hub.pool.runOne();
    }

    assertEquals(near, close.events());
    assertTrue(far.events().size() < 5000);
  }

  @Test
  void asksForNoPage_whileItsSocketTakesNothing() {
    EventId start = hub.log.head();
    hub.appendMany(5000);
    hub.follow();
    TestClient client = new TestClient(hub).taking(20_000);
    client.connect(ALL, new StartAt(start.toString(), null));
    hub.settle();
    int read = hub.log.reads().size();
    hub.publishMany(20);
    hub.settle();

    assertEquals(read, hub.log.reads().size());
    assertTrue(read <= 4, read + " pages for 20 KB");
  }

  @Test
  void doesNotBlockOthers_whenItsSocketTakesNothing() {
    TestClient stuck = new TestClient(hub).taking(1).connect(ALL, StartAt.NOW);
    TestClient client = hub.connect(ALL);
    List<EventId> published = hub.publishMany(5000);

    assertEquals(published, client.events());
    assertFalse(stuck.output().text().contains("data:"));
    stuck.open();
    assertEquals(published, stuck.events());
  }

  /** Seen red: the page was waited for as long as the connection lasted, and it looked healthy. */
  @Test
  void getsAll_afterAnErrorWhileThePageWasMade() {
    EventId start = hub.publish();
    List<EventId> published = hub.appendMany(1500);
    hub.follow();
    AtomicInteger left = new AtomicInteger(1);
    hub.log.stepping(
        () -> {
          if (left.getAndDecrement() > 0) {
            throw new StackOverflowError("a page too many");
          }
        });
    TestClient back = hub.connect(ALL, start);
    hub.pass(Duration.ofSeconds(3));
    hub.settle();

    assertEquals(published, back.events());
  }
}
