package io.heliograph.stream;

import static io.heliograph.stream.TestHub.ALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.EventId;
import io.heliograph.metrics.Ending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What time does to a connection, and how each of its ends looks. */
class LifetimeTest {
  private TestHub hub = new TestHub();

  @AfterEach
  void keepsTheServletContract() {
    hub.close();
    assertEquals(0, hub.metrics.active());
  }

  // Heartbeats.

  @Test
  void beatsAsAComment_withoutAnId_whileNothingMoved() {
    TestClient client = hub.connect(ALL);
    client.takeBlocks();
    hub.pass(Duration.ofSeconds(46));

    assertEquals(List.of(":heartbeat", ":heartbeat", ":heartbeat"), client.takeBlocks());
  }

  @Test
  void addsTheId_whenThePositionMovedUnseen_andOnlyThen() {
    TestClient client = hub.connect(ALL.withKey("mine"));
    client.takeBlocks();
    EventId other = hub.publish("other");
    hub.pass(Duration.ofSeconds(16));
    assertEquals(List.of(":heartbeat", "id: " + other), client.takeBlocks());

    hub.pass(Duration.ofSeconds(15));
    assertEquals(List.of(":heartbeat"), client.takeBlocks());

    EventId mine = hub.publish("mine");
    client.takeBlocks();
    hub.pass(Duration.ofSeconds(15));
    assertEquals(List.of(":heartbeat"), client.takeBlocks(), "an event carried " + mine);
  }

  @Test
  void beatsAsAnEvent_thatCarriesTheIdItself() {
    hub = new TestHub("heartbeat.as", "event", "heartbeat.every", "15s");
    TestClient client = hub.connect(ALL.withKey("mine"));
    client.takeBlocks();
    EventId other = hub.publish("other");
    hub.pass(Duration.ofSeconds(16));
    hub.pass(Duration.ofSeconds(15));

    List<String> blocks = client.takeBlocks();
    assertEquals(2, blocks.size());
    assertTrue(
        blocks
            .get(0)
            .matches(
                "id: "
                    + other
                    + "\nevent: heartbeat\ndata: \\{\"timestamp\":\"2026-[^\"]+Z\","
                    + "\"status\":\"connected\",\"connections\":1}"),
        blocks.get(0));
    assertTrue(blocks.get(1).startsWith("event: heartbeat\ndata: "), blocks.get(1));
  }

  /** An id may be sent only when everything of the view up to it was written before. */
  @Test
  void carriesNoId_thatIsAheadOfWhatWasWritten() {
    TestClient client = new TestClient(hub).taking(60).connect(ALL, StartAt.NOW);
    hub.settle();
    hub.publishMany(5);
    hub.pass(Duration.ofSeconds(16));
    client.output().drain(1);

    List<EventId> events = client.events();
    EventId last = client.lastId().orElseThrow();
    assertEquals(hub.log.ids(ALL, client.ids().get(0)).indexOf(last) + 1, events.size());
  }

  @Test
  void saysThePolicysWord() {
    hub = new TestHub("heartbeat.text", "ping");
    TestClient client = hub.connect(ALL);
    client.takeBlocks();
    hub.pass(Duration.ofSeconds(16));

    assertEquals(List.of(":ping"), client.takeBlocks());
  }

  @Test
  void beatsNever_whereThePolicySaysSo() {
    hub = new TestHub("heartbeat.every", "0");
    TestClient client = hub.connect(ALL);
    client.takeBlocks();
    hub.pass(Duration.ofHours(1));

    assertEquals(List.of(), client.takeBlocks());
  }

  @Test
  void beatsOnce_howeverManyItMissed() {
    TestClient client = new TestClient(hub).taking(20).connect(ALL, StartAt.NOW);
    hub.settle();
    hub.pass(Duration.ofSeconds(50));
    client.open();
    client.open();

    assertEquals(1, client.blocks().stream().filter(":heartbeat"::equals).count());
  }

  // Idle time, lifetime.

  @Test
  void endsAnIdleConnection_countedFromTheLastEvent() {
    hub = new TestHub("idle-timeout", "60s");
    TestClient client = hub.connect(ALL);
    hub.pass(Duration.ofSeconds(50));
    hub.publish();
    client.takeBlocks();
    hub.pass(Duration.ofSeconds(58));
    assertTrue(client.isConnected());
    assertEquals(
        List.of(":heartbeat", ":heartbeat", ":heartbeat", ":heartbeat"), client.takeBlocks());
    hub.pass(Duration.ofSeconds(2));

    assertEnded(client, Ending.IDLE_TIMEOUT);
  }

  /** Seen red: heartbeats counted as activity. */
  @Test
  void heartbeatsAreNoActivity() {
    hub = new TestHub("idle-timeout", "60s", "heartbeat.every", "5s", "heartbeat.as", "event");
    TestClient client = hub.connect(ALL);
    hub.pass(Duration.ofSeconds(61));

    assertEnded(client, Ending.IDLE_TIMEOUT);
  }

  @Test
  void endsALife_aFifthEarlierAtMost() {
    hub = new TestHub("max-lifetime", "100s", "heartbeat.every", "0");
    List<TestClient> clients = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      clients.add(hub.connect(ALL));
    }
    hub.pass(Duration.ofSeconds(79));
    assertTrue(clients.stream().allMatch(TestClient::isConnected));
    hub.pass(Duration.ofSeconds(10));
    long left = clients.stream().filter(TestClient::isConnected).count();
    assertTrue(left > 5 && left < 45, left + " of 50 are left in the middle of the spread");
    hub.pass(Duration.ofSeconds(12));

    clients.forEach(client -> assertEnded(client, Ending.MAX_LIFETIME));
  }

  // Sockets that take nothing.

  @Test
  void cutsOneThatTakesNothing_afterTheWriteTimeout() {
    hub = new TestHub("write-timeout", "30s");
    TestClient client = new TestClient(hub).taking(10).connect(ALL, StartAt.NOW);
    hub.settle();
    hub.publish();
    hub.pass(Duration.ofSeconds(29));
    assertTrue(client.isConnected());
    hub.pass(Duration.ofSeconds(2));

    assertFalse(client.isConnected());
    assertEquals(1, hub.metrics.closed(Ending.WRITE_TIMEOUT));
    assertEquals(List.of(), client.named("bye"));
  }

  @Test
  void keepsOneThatTakesALittleNowAndThen() {
    hub = new TestHub("write-timeout", "30s");
    TestClient client = new TestClient(hub).taking(10).connect(ALL, StartAt.NOW);
    hub.settle();
    hub.publishMany(100);
    for (int i = 0; i < 10; i++) {
      hub.pass(Duration.ofSeconds(25));
      client.output().drain(50);
    }

    assertTrue(client.isConnected());
  }

  @Test
  void keepsAnIdleOne_whoseSocketIsOpen() {
    hub = new TestHub("write-timeout", "30s", "heartbeat.every", "0");
    TestClient client = hub.connect(ALL);
    hub.pass(Duration.ofMinutes(10));

    assertTrue(client.isConnected());
  }

  @Test
  void cutsOneThatDoesNotTakeItsFarewell() {
    TestClient client = new TestClient(hub).taking(10).connect(ALL, StartAt.NOW);
    hub.settle();
    client.subscription().end(Ending.CLOSED_BY_ADMIN);
    hub.pass(Duration.ofSeconds(4));
    assertEquals(1, hub.registry.connections());
    hub.pass(Duration.ofSeconds(2));

    assertEquals(0, hub.registry.connections());
    assertEquals(1, hub.metrics.closed(Ending.CLOSED_BY_ADMIN));
  }

  // Farewells.

  @ParameterizedTest
  @EnumSource(
      value = Ending.class,
      names = {"IDLE_TIMEOUT", "MAX_LIFETIME", "TOKEN_EXPIRED", "CLOSED_BY_ADMIN", "TOO_SLOW"})
  void saysWhy_andClosesCleanly(Ending ending) {
    TestClient client = hub.connect(ALL);
    client.takeBlocks();
    client.subscription().end(ending);

    assertEquals(
        List.of("event: bye\ndata: {\"reason\":\"" + ending.word() + "\"}"), client.takeBlocks());
    assertEnded(client, ending);
  }

  @ParameterizedTest
  @EnumSource(
      value = Ending.class,
      names = {"REPLACED", "REVOKED"})
  void tellsOneWhoIsNotWantedBack_toStayAwayADay(Ending ending) {
    TestClient client = hub.connect(ALL);
    client.takeBlocks();
    client.subscription().end(ending);

    assertEquals(
        List.of("retry: 86400000", "event: bye\ndata: {\"reason\":\"" + ending.word() + "\"}"),
        client.takeBlocks());
  }

  @Test
  void theFirstReasonCounts() {
    TestClient client = new TestClient(hub).taking(10).connect(ALL, StartAt.NOW);
    hub.settle();
    Subscription subscription = client.subscription();
    subscription.end(Ending.REVOKED);
    subscription.end(Ending.IDLE_TIMEOUT);
    client.open();

    assertEquals(1, client.named("bye").size());
    assertEquals(1, hub.metrics.closed(Ending.REVOKED));
  }

  @Test
  void endsOneThatStillWaitsForTheLog() {
    hub.log.setUnavailable(true);
    TestClient client = hub.connect(ALL, (Object) "1");
    client.subscription().end(Ending.CLOSED_BY_ADMIN);

    assertEnded(client, Ending.CLOSED_BY_ADMIN);
    assertEquals(1, client.named("bye").size());
  }

  @Test
  void tellsEveryoneWhenToComeBack_spreadOverTheWindow() {
    List<TestClient> clients = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      clients.add(hub.connect(ALL));
    }
    new Departure(hub.registry).depart();

    Pattern form =
        Pattern.compile(
            "event: server_shutdown\ndata: \\{\"reason\":\"server_shutdown\",\"reconnect_in_ms\":"
                + "(\\d+)}");
    List<Long> delays = new ArrayList<>();
    for (TestClient client : clients) {
      Matcher farewell = form.matcher(client.blocks().get(client.blocks().size() - 1));
      assertTrue(farewell.matches(), client.blocks().toString());
      delays.add(Long.valueOf(farewell.group(1)));
    }
    assertTrue(delays.stream().allMatch(delay -> delay <= 20_000));
    assertTrue(delays.stream().mapToLong(Long::longValue).min().orElseThrow() < 5_000);
    assertTrue(delays.stream().mapToLong(Long::longValue).max().orElseThrow() > 15_000);
    assertEquals(0, hub.registry.connections());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bye", "gone"})
  void saysFarewellAsThePolicyWants(String farewell) {
    hub = new TestHub("farewell", farewell);
    TestClient client = hub.connect(ALL);
    client.subscription().end(Ending.SERVER_SHUTDOWN, Duration.ofMillis(1234));

    List<String> blocks = client.blocks();
    assertEquals(
        "event: "
            + farewell
            + "\ndata: {\"reason\":\"server_shutdown\""
            + (farewell.equals("bye") ? "}" : ",\"reconnect_in_ms\":1234}"),
        blocks.get(blocks.size() - 1));
  }

  @Test
  void countsWhoWentByHimself_asSuch() {
    TestClient gone = hub.connect(ALL);
    TestClient closed = hub.connect(ALL);
    gone.disconnect();
    closed.sink().close();

    assertEquals(1, hub.metrics.closed(Ending.CLIENT_GONE));
    assertEquals(1, hub.metrics.closed(Ending.CLOSED));
    assertEquals(2, hub.metrics.opened());
    assertEquals(0, hub.metrics.active());
  }

  private void assertEnded(TestClient client, Ending ending) {
    assertFalse(client.isConnected());
    assertTrue(client.output().isCompleted());
    assertTrue(hub.metrics.closed(ending) > 0);
    assertTrue(client.output().isFlushed());
  }
}
