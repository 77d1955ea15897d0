package io.heliograph.stream;

import static io.heliograph.stream.TestHub.ALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.EventId;
import io.heliograph.metrics.GapReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a subscriber begins that names a time, or a position that is not to be had. */
class GapTest {
  private TestHub hub = new TestHub();

  @AfterEach
  void keepsTheServletContract() {
    hub.close();
  }

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

  /** Seen red: after a gap under way the events went on, and nobody was given what is retained. */
  @Test
  void givesRetained_afterAGapUnderway() {
    hub = new TestHub();
    EventId start = hub.log.head();
    List<EventId> published = hub.appendMany(1000);
    EventId retained = hub.append("price", true, "a");
    List<EventId> later = hub.appendMany(10);
    hub.follow();
    TestClient client = new TestClient(hub).taking(15_000);
    client.connect(ALL, new StartAt(start.toString(), null));
    hub.settle();
    hub.log.trim("s", later.get(4));
    client.open();

    List<String> blocks = client.blocks();
    int gap = blocks.indexOf(client.named("gap").get(0));
    assertTrue(blocks.get(gap + 1).startsWith("event: price"), "" + retained + published.size());
    assertEquals("id: " + later.get(4), blocks.get(gap + 2));
    assertTrue(blocks.get(gap + 3).startsWith("id: " + later.get(5) + "\n"));
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
}
