package io.heliograph.stream;

import static io.heliograph.stream.TestHub.ALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.EventId;
import io.heliograph.event.View;
import io.heliograph.metrics.Ending;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a subscriber whom the ring has overtaken, by policy. */
class OverflowTest {
  private TestHub hub = new TestHub();

  @AfterEach
  void keepsTheServletContract() {
    hub.close();
  }

  /** A live subscriber whose socket takes no more, and what it has got until then. */
  private TestClient stuck() {
    TestClient client = new TestClient(hub).taking(1_000).connect(ALL, StartAt.NOW);
    hub.settle();
    while (client.output().bytes().length < 1_000) {
      hub.publish();
    }
    return client;
  }

  private TestHub hub(String overflow, String... more) {
    List<String> settings =
        new ArrayList<>(
            List.of("overflow", overflow, "buffer.events", "10", "heartbeat.every", "0"));
    settings.addAll(List.of(more));
    return new TestHub(settings.toArray(String[]::new));
  }

  @Test
  void resume_losesNothing() {
    hub = hub("resume");
    TestClient client = stuck();
    hub.publishMany(1000);
    client.open();
    hub.publishMany(3);

    EventId first = client.ids().get(0);
    assertEquals(hub.log.ids(ALL, first), client.events());
    assertEquals(List.of(), client.named("error"));
    assertEquals(0, hub.metrics.dropped());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 9, 10, 11, 12, 50, 1000})
  void dropOldest_saysOnceHowManyItDropped_andGoesOnWithTheRing(int count) {
    hub = hub("drop-oldest");
    TestClient all = hub.connect(ALL);
    TestClient client = stuck();
    EventId had = client.lastId().orElseThrow();
    hub.publishMany(count);
    client.open();
    hub.publishMany(2);

    int dropped = Math.max(0, count - 10);
    List<EventId> missed = hub.log.ids(ALL, had);
    List<EventId> got = client.events();
    List<EventId> afterwards = got.subList(got.indexOf(had) + 1, got.size());
    assertEquals(missed.subList(dropped, missed.size()), afterwards);
    assertEquals(
        dropped == 0
            ? List.of()
            : List.of(
                "event: error\ndata: {\"error\":\"buffer_overflow\",\"dropped_count\":"
                    + dropped
                    + "}"),
        client.named("error"));
    assertEquals(dropped, hub.metrics.dropped());
    assertEquals(List.of(), all.named("error"));
  }

  /** Seen red: a count taken from ids instead of ordinals. */
  @Test
  void dropOldest_countsItsOwnViewOnly() {
    hub = hub("drop-oldest");
    TestClient client = new TestClient(hub).taking(60).connect(ALL.withKey("mine"), StartAt.NOW);
    hub.settle();
    hub.publishMany(30, "mine");
    EventId had = client.lastId().orElseThrow();
    for (int i = 0; i < 50; i++) {
      hub.publish("mine");
      hub.publish("other");
    }
    client.open();

    List<EventId> missed = hub.log.ids(ALL.withKey("mine"), had);
    assertEquals(1, client.named("error").size());
    assertTrue(
        client.named("error").get(0).endsWith("\"dropped_count\":" + (missed.size() - 10) + "}"),
        client.named("error").get(0));
    assertEquals(missed.subList(missed.size() - 10, missed.size()), tail(client, 10));
  }

  /**
   * Seen red: the ring evicted, to its bound, what a batch had just brought, before anybody was
   * woken for it; so who had an open socket was told that it was too slow.
   */
  @ParameterizedTest
  @ValueSource(strings = {"resume", "drop-oldest", "disconnect"})
  void aBatchLargerThanTheRing_overtakesNobodyWithAnOpenSocket(String overflow) {
    hub = hub(overflow);
    TestClient client = hub.connect(ALL);
    hub.publish();
    hub.appendMany(100);
    hub.follow();

    assertTrue(client.isConnected());
    assertEquals(101, client.events().size());
    assertEquals(List.of(), client.named("error"));
    assertEquals(0, hub.log.reads().size(), "it had to read the log");
  }

  /** Seen red: one that had read ahead of this node in the log counted what came twice. */
  @Test
  void dropOldest_countsExactly_whenItHadReadAheadInTheLog() {
    hub = hub("drop-oldest");
    EventId start = hub.log.head();
    hub.connect(ALL);
    hub.publishMany(30);
    hub.appendMany(20);
    TestClient client = new TestClient(hub).connect(ALL, new StartAt(start.toString(), null));
    hub.settle();
    assertEquals(50, client.events().size(), "the log gives what this node has not applied yet");
    client.output().taking(0);
    hub.follow();
    hub.publishMany(30);
    client.open();
    hub.settle();

    // Whether it counts as live by now or reads the log, what it is told must be true.
    List<EventId> got = client.events();
    int lost = hub.log.ids(ALL, start).size() - got.size();
    int told =
        client.named("error").stream()
            .mapToInt(e -> Integer.parseInt(e.replaceAll("(?s).*count\":(\\d+).*", "$1")))
            .sum();
    assertEquals(lost, told);
    assertEquals(got.stream().distinct().sorted().toList(), got);
  }

  @Test
  void dropOldest_neverDropsFromAReplay() {
    hub = hub("drop-oldest");
    EventId start = hub.log.head();
    List<EventId> published = new ArrayList<>(hub.publishMany(1000));
    TestClient client = new TestClient(hub).taking(100);
    client.connect(ALL, new StartAt(start.toString(), null));
    hub.settle();
    published.addAll(hub.publishMany(100));
    client.open();

    assertEquals(published, client.events());
    assertEquals(List.of(), client.named("error"));
  }

  @Test
  void dropOldest_mayHappenAgain() {
    hub = hub("drop-oldest");
    TestClient client = stuck();
    hub.publishMany(30);
    client.open();
    client.output().taking(0);
    hub.publishMany(1);
    hub.publishMany(40);
    client.open();

    assertEquals(2, client.named("error").size());
    assertEquals(
        hub.metrics.dropped(),
        hub.log.ids(ALL, client.ids().get(0)).size() - client.events().size());
  }

  @Test
  void disconnect_saysTooSlow_andReplaysAllOnReturn() {
    hub = hub("disconnect");
    TestClient client = stuck();
    EventId first = client.ids().get(0);
    hub.publishMany(100);
    client.open();

    assertFalse(client.isConnected());
    List<String> blocks = client.blocks();
    assertEquals("event: bye\ndata: {\"reason\":\"too_slow\"}", blocks.get(blocks.size() - 1));
    assertEquals(1, hub.metrics.closed(Ending.TOO_SLOW));
    assertEquals(List.of(), client.named("error"));
    EventId last = client.lastId().orElseThrow();
    TestClient back = hub.connect(ALL, last);
    List<EventId> got = new ArrayList<>(client.events());
    got.addAll(back.events());
    assertEquals(hub.log.ids(ALL, first), got);
    assertTrue(back.isConnected());
  }

  @ParameterizedTest
  @ValueSource(strings = {"resume", "drop-oldest", "disconnect"})
  void evictionByTheNodesBudget_isNoOverflow(String overflow) {
    hub.close();
    hub = new TestHub(400, "overflow", overflow, "buffer.events", "1000", "heartbeat.every", "0");
    TestClient client = stuck();
    hub.publishMany(200);
    client.open();
    hub.publishMany(5);

    assertEquals(hub.log.ids(ALL, client.ids().get(0)), client.events());
    assertEquals(List.of(), client.named("error"));
    assertTrue(client.isConnected());
    assertTrue(hub.registry.ringBytes() <= 400);
  }

  /**
   * Both at once: what the policy's bound took is counted, what the budget took is read.
   *
   * <p>A frame weighs some 160 bytes. The ring of 20 fits into the budget of 5,000 until another
   * ring takes 25 frames of it.
   *
   * <p>Seen red: a drop that went on at the ring's floor, so what the budget took was lost
   * uncounted; the budget's evictions counted as the policy's.
   */
  @Test
  void dropOldest_countsExactly_whenTheBudgetIsShortToo() {
    hub.close();
    hub =
        new TestHub(
            5_000, "overflow", "drop-oldest", "buffer.events", "20", "heartbeat.every", "0");
    View mine = ALL.withKey("mine");
    TestClient client = new TestClient(hub).taking(60).connect(mine, StartAt.NOW);
    hub.connect(ALL.withKey("hog"));
    hub.publishMany(5, "mine");
    EventId had = client.lastId().orElseThrow();
    hub.publishMany(40, "mine");
    hub.publishMany(25, "hog");
    List<EventId> missed = hub.log.ids(mine, had);
    client.open();
    assertEquals(1, hub.log.reads().size(), "the budget took some of the last 20");
    List<EventId> later = hub.publishMany(5, "mine");

    int dropped = missed.size() - 20;
    assertTrue(dropped > 0, "the policy's bound took none");
    assertEquals(dropped, hub.metrics.dropped());
    assertEquals(1, client.named("error").size());
    assertTrue(
        client.named("error").get(0).endsWith("\"dropped_count\":" + dropped + "}"),
        client.named("error").get(0));
    List<EventId> expected = new ArrayList<>(missed.subList(dropped, missed.size()));
    expected.addAll(later);
    List<EventId> got = client.events();
    assertEquals(expected, got.subList(got.indexOf(had) + 1, got.size()));
  }

  /** Seen red: what a live one read from the log meanwhile was not counted as had. */
  @Test
  void dropOldest_countsExactly_afterItHadToReadTheLogForWantOfBudget() {
    hub.close();
    hub =
        new TestHub(
            7_000, "overflow", "drop-oldest", "buffer.events", "30", "heartbeat.every", "0");
    TestClient client = new TestClient(hub).taking(60).connect(ALL.withKey("mine"), StartAt.NOW);
    hub.connect(ALL.withKey("hog"));
    hub.publishMany(5, "mine");
    EventId had = client.lastId().orElseThrow();
    hub.publishMany(15, "mine");
    hub.publishMany(30, "hog");
    client.output().drain(200);
    hub.settle();
    assertEquals(1, hub.log.reads().size(), "its blocks were evicted, so it reads the log");
    hub.registry.channel(ALL.withKey("hog")).close();
    hub.publishMany(40, "mine");
    client.open();

    List<EventId> missed = hub.log.ids(ALL.withKey("mine"), had);
    List<EventId> got = client.events();
    List<EventId> afterwards = got.subList(got.indexOf(had) + 1, got.size());
    assertEquals(1, client.named("error").size());
    assertEquals(missed.size() - afterwards.size(), hub.metrics.dropped());
    assertEquals(10, hub.metrics.dropped());
  }

  private static List<EventId> tail(TestClient client, int count) {
    List<EventId> events = client.events();
    return events.subList(events.size() - count, events.size());
  }
}
