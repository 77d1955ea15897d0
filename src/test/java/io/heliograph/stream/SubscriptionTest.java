package io.heliograph.stream;

import static io.heliograph.stream.TestHub.ALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.EventId;
import io.heliograph.metrics.GapReason;
import java.time.Duration;
import java.time.Instant;
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

  // The first blocks.

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

  // Everything after the position, once and in order.

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

  // Since.

  @Test
  void getsEverythingSince() {
    hub.publishMany(5);
    hub.pass(Duration.ofMinutes(1));
    Instant since = hub.now();
    List<EventId> later = hub.publishMany(5);
    TestClient client = hub.connect(ALL, new StartAt(null, since));
    hub.settle();

    assertEquals(later, client.events());
  }

  @Test
  void aPositionBeatsSince() {
    List<EventId> published = hub.publishMany(5);
    TestClient client = hub.connect(ALL, new StartAt(published.get(3).toString(), Instant.EPOCH));
    hub.settle();

    assertEquals(published.subList(4, 5), client.events());
  }

  /** Seen red: a gap, after the id block at that, although nobody had presented a position. */
  @Test
  void sinceGivesWhatIsStillKept_withoutAGap() {
    List<EventId> published = hub.publishMany(10);
    hub.log.trim("s", published.get(3));
    TestClient client = hub.connect(ALL, new StartAt(null, Instant.EPOCH));
    hub.settle();

    assertEquals(published.subList(4, 10), client.events());
    assertEquals(List.of(), client.named("gap"));
  }

  // Gaps.

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "-1", "7", "9007199254740991", "99999999999999999999", "1e3"})
  void tellsAGap_whenThePositionIsUnknown_andGivesTheOldest(String position) {
    List<EventId> published = hub.publishMany(5);
    TestClient client = hub.connect(ALL, (Object) position);

    assertEquals(1, client.named("gap").size());
    assertTrue(client.named("gap").get(0).contains("\"reason\":\"unknown\""));
    assertTrue(client.named("gap").get(0).contains("\"requested\":\"" + position + "\""));
    assertTrue(client.blocks().indexOf(client.named("gap").get(0)) == 1, "before any id");
    assertEquals(published, client.events());
    assertEquals(1, hub.metrics.gaps(GapReason.UNKNOWN));
  }

  @Test
  void tellsAGap_andBeginsAnew_whereThePolicyWantsItFresh() {
    hub = new TestHub("replay.lost", "fresh");
    EventId head = hub.publishMany(5).get(4);
    TestClient client = hub.connect(ALL, (Object) "nonsense");
    EventId next = hub.publish();

    assertEquals(
        "event: gap\ndata: {\"reason\":\"unknown\",\"requested\":\"nonsense\",\"resumed_after\":\""
            + head
            + "\"}",
        client.blocks().get(1));
    assertEquals("id: " + head, client.blocks().get(2));
    assertEquals(List.of(next), client.events());
  }

  @Test
  void tellsAGap_whenThePositionWasTrimmed() {
    List<EventId> published = hub.publishMany(10);
    hub.log.trim("s", published.get(3));
    TestClient client = hub.connect(ALL, published.get(1));

    assertTrue(client.blocks().get(1).contains("\"reason\":\"trimmed\""));
    assertTrue(client.blocks().get(1).contains("\"resumed_after\":\"" + published.get(3) + "\""));
    assertEquals(published.subList(4, 10), client.events());
  }

  @Test
  void tellsNoGap_whenThePositionIsTheLastThatWasTrimmed() {
    List<EventId> published = hub.publishMany(10);
    hub.log.trim("s", published.get(3));
    TestClient client = hub.connect(ALL, published.get(3));

    assertEquals(List.of(), client.named("gap"));
    assertEquals(published.subList(4, 10), client.events());
  }

  @Test
  void tellsAGap_whenThePositionIsFurtherBackThanTheLimit() {
    hub = new TestHub("replay.limit", "5");
    EventId start = hub.log.head();
    List<EventId> published = hub.publishMany(10);
    TestClient client = hub.connect(ALL, start);

    assertTrue(client.blocks().get(1).contains("\"reason\":\"limit\""));
    assertEquals(published.subList(5, 10), client.events());
  }

  @Test
  void tellsNoGap_whenExactlyTheLimitWasMissed() {
    hub = new TestHub("replay.limit", "5");
    List<EventId> published = hub.publishMany(10);
    TestClient client = hub.connect(ALL, published.get(4));

    assertEquals(List.of(), client.named("gap"));
    assertEquals(published.subList(5, 10), client.events());
  }

  @Test
  void tellsAGap_whenWhatItReadsIsTrimmedUnderway() {
    EventId start = hub.log.head();
    List<EventId> published = hub.appendMany(1000);
    hub.follow();
    TestClient client = new TestClient(hub).taking(15_000);
    client.connect(ALL, new StartAt(start.toString(), null));
    hub.settle();
    int had = client.events().size();
    assertTrue(had > 0 && had < 600, had + " events");
    hub.log.trim("s", published.get(899));
    client.open();

    List<EventId> got = client.events();
    assertEquals(1, client.named("gap").size());
    String gap = client.named("gap").get(0);
    assertTrue(gap.contains("\"reason\":\"trimmed\""), gap);
    int before = got.indexOf(published.get(900));
    assertEquals(published.subList(0, before), got.subList(0, before));
    assertEquals(published.subList(900, 1000), got.subList(before, got.size()));
    assertTrue(gap.contains("\"requested\":\"" + published.get(before - 1) + "\""), gap);
  }

  @Test
  void tellsOneGap_whenTrimmedBeyondWhatThisNodeHas_underFresh() {
    hub = new TestHub("replay.lost", "fresh");
    EventId start = hub.log.head();
    hub.appendMany(600);
    hub.follow();
    TestClient client = new TestClient(hub).taking(10_000);
    client.connect(ALL, new StartAt(start.toString(), null));
    hub.settle();
    List<EventId> unseen = hub.appendMany(20);
    hub.log.trim("s", unseen.get(9));
    client.open();
    for (int i = 0; i < 5; i++) {
      hub.pool.runOne();
    }
    hub.follow();
    hub.settle();

    assertEquals(1, client.named("gap").size());
    assertEquals(unseen.get(19), client.lastId().orElseThrow());
  }

  // Retained.

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

  // The log out of reach.

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

  // Storms and memory.

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
}
