package io.heliograph.stream;

import static io.heliograph.stream.TestHub.ALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.EventId;
import io.heliograph.metrics.Ending;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a subscriber begins, and that it then gets everything once and in order. */
class SubscriptionTest {
  private TestHub hub = new TestHub();

  @AfterEach
  void keepsTheServletContract() {
    hub.close();
  }

  @Test
  void saysRetryAtOnce_andThenWhereItStands() {
    EventId head = hub.publish();

    TestClient client = hub.connect(ALL, StartAt.NOW);
    assertEquals(1, client.blocks().size(), "before the log is asked");
    assertTrue(client.blocks().get(0).startsWith("retry: "));
    assertTrue(client.output().isFlushed());
    hub.settle();

    assertEquals("id: " + head, client.blocks().get(1));
    assertEquals(2, client.blocks().size());
  }

  @Test
  void variesTheRetry_withinATenthOfThePolicys() {
    hub = new TestHub("retry", "10s");
    List<Integer> delays = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String retry = hub.connect(ALL).blocks().get(0);
      delays.add(Integer.parseInt(retry.substring("retry: ".length())));
    }

    assertTrue(delays.stream().allMatch(delay -> delay >= 9_000 && delay <= 11_000));
    assertTrue(delays.stream().distinct().count() > 10);
  }

  @Test
  void saysHello_whereThePolicyAsksForIt() {
    hub = new TestHub("hello", "true");
    TestClient client = hub.connect(ALL);

    assertEquals(
        "event: hello\ndata: {\"type\":\"hello\",\"connectionId\":\"" + client.sink().id() + "\"}",
        client.blocks().get(1));
  }

  @Test
  void saysHelloWithoutAName_whereEventsHaveNone() {
    hub = new TestHub("hello", "true", "event-names", "false");
    TestClient client = hub.connect(ALL);
    hub.publish();

    assertTrue(client.blocks().get(1).startsWith("data: {\"type\":\"hello\""));
    assertTrue(client.named("t").isEmpty());
    assertEquals(1, client.events().size());
  }

  @Test
  void getsWhatComes_fromTheRing() {
    TestClient client = hub.connect(ALL);
    List<EventId> published = hub.publishMany(50);

    assertEquals(published, client.events());
    assertEquals(0, hub.log.reads().size(), "the log was read for one who is live");
  }

  @Test
  void getsABatchWithOneWrite() {
    TestClient client = hub.connect(ALL);
    int before = client.output().count(io.heliograph.sse.FakeServletOutput.Touch.WRITE);
    hub.appendMany(100);
    hub.follow();

    assertEquals(
        before + 1, client.output().count(io.heliograph.sse.FakeServletOutput.Touch.WRITE));
    assertEquals(100, client.events().size());
  }

  @Test
  void getsWhatItMissed_fromTheRing_withoutAskingTheLogForEvents() {
    hub.connect(ALL);
    List<EventId> published = hub.publishMany(20);
    TestClient client = hub.connect(ALL, published.get(4));

    assertEquals(published.subList(5, 20), client.events());
    assertEquals(0, hub.log.reads().size());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 255, 256, 257, 511, 512, 513, 2000})
  void getsWhatItMissed_fromTheLog(int count) {
    EventId start = hub.log.head();
    List<EventId> published = hub.appendMany(count);
    hub.follow();
    TestClient client = hub.connect(ALL, start);

    assertEquals(published, client.events());
    assertEquals(hub.registry.applied(), client.lastId().orElseThrow());
  }

  @Test
  void getsWhatItMissed_whenEventsOfOthersLieBetween() {
    EventId start = hub.log.head();
    List<EventId> mine = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      EventId id = hub.append(i % 1000 == 999 ? "mine" : "other");
      if (i % 1000 == 999) {
        mine.add(id);
      }
    }
    hub.follow();
    TestClient client = hub.connect(ALL.withKey("mine"), start);

    assertEquals(mine, client.events());
  }

  @Test
  void goesFromTheLogToTheRing_whileEventsComeAtEveryPoint() {
    hub = new TestHub("buffer.events", "10", "replay.limit", "100000");
    EventId start = hub.log.head();
    List<EventId> published = new ArrayList<>(hub.appendMany(1500));
    hub.follow();
    TestClient client = hub.connect(ALL, new StartAt(start.toString(), null));
    do {
      published.add(hub.publish());
    } while (hub.pool.runOne());
    published.addAll(hub.publishMany(20));
    hub.settle();

    assertEquals(published, client.events());
  }

  @Test
  void getsNothingTwice_whenItsPositionIsAheadOfThisNode() {
    TestClient other = hub.connect(ALL);
    EventId ahead = hub.append();
    TestClient client = hub.connect(ALL, ahead);
    assertEquals(ahead, client.lastId().orElseThrow());
    hub.follow();
    EventId next = hub.publish();

    assertEquals(List.of(next), client.events());
    assertEquals(List.of(ahead, next), other.events());
    assertTrue(client.named("gap").isEmpty());
  }

  @Test
  void getsEverything_acrossASpan() {
    EventId start = hub.log.head();
    TestClient live = hub.connect(ALL);
    List<EventId> published = new ArrayList<>(hub.publishMany(3));
    hub.log.openSpan(1 << 20);
    published.addAll(hub.publishMany(3));
    TestClient back = hub.connect(ALL, start);

    assertEquals(published, live.events());
    assertEquals(published, back.events());
  }

  @Test
  void begins_whereAllEventsThatMatchAreSeen_byKeyAndType() {
    TestClient client = hub.connect(ALL.withKey("a").withTypes(java.util.Set.of("t")));
    EventId seen = hub.publish("a", "b");
    hub.publish("b");
    hub.append("u", false, "a");
    hub.follow();

    assertEquals(List.of(seen), client.events());
  }

  @Test
  void givesRetainedFirst_withoutIds_thenTheId_thenEvents() {
    hub.append("price", true, "a");
    hub.append("price", true, "b");
    hub.append("price", true, "a");
    EventId head = hub.publish();
    TestClient client = hub.connect(ALL);
    EventId next = hub.publish();

    assertEquals(
        List.of(
            "event: price\ndata: {\"n\":2}",
            "event: price\ndata: {\"n\":3}",
            "id: " + head,
            "id: " + next + "\nevent: t\ndata: {\"n\":5}"),
        client.blocks().subList(1, 5));
  }

  @Test
  void givesEachRetainedOnce_howeverManyPagesTheyAre() {
    List<EventId> ids = new ArrayList<>();
    for (int i = 0; i < 700; i++) {
      ids.add(hub.append("price", true, "k" + i));
    }
    hub.follow();
    TestClient client = hub.connect(ALL);

    assertEquals(700, client.named("price").size());
    assertEquals(700, client.named("price").stream().distinct().count());
    assertEquals("id: " + ids.get(699), client.blocks().get(701));
  }

  @Test
  void givesNoRetained_toOneWhoComesBack() {
    hub.append("price", true, "a");
    EventId head = hub.publish();
    TestClient client = hub.connect(ALL, head);

    assertEquals(List.of(), client.named("price"));
  }

  @Test
  void givesRetained_afterAGap() {
    hub = new TestHub("replay.lost", "fresh");
    hub.append("price", true, "a");
    hub.publish();
    TestClient client = hub.connect(ALL, (Object) "nonsense");

    assertEquals(1, client.named("price").size());
    assertTrue(client.blocks().get(1).startsWith("event: gap"));
    assertTrue(client.blocks().get(2).startsWith("event: price"));
  }

  @Test
  void givesNoRetained_fromAfterItsPosition() {
    TestClient client = hub.connect(ALL, StartAt.NOW);
    hub.append("price", true, "a");
    hub.follow();
    hub.settle();

    assertEquals(1, client.named("price").size(), "as an event, not as a retained one too");
    assertEquals(1, client.events().size());
  }

  /** Seen red: it was counted and told as a client that had gone, and no log said anything. */
  @Test
  void isCountedAsAFault_whenTheHubItselfFails() {
    EventId start = hub.publish();
    hub.log.stepping(
        () -> {
          throw new IllegalStateException("a bug");
        });
    hub.connect(ALL, start);

    assertEquals(1, hub.metrics.closed(Ending.FAILED));
    assertEquals(0, hub.registry.connections());
  }
}
