package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import java.time.Instant;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a connection begins: positions, times, gaps and retained events on the wire. */
class ReplayIT extends DeployedClients {
  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with(
        "heliograph.streams=fresh,short,shortfresh,few,fewfresh",
        "heliograph.trim.every=1s",
        "heliograph.stream.fresh.replay.lost=fresh",
        "heliograph.stream.short.history.events=10",
        "heliograph.stream.shortfresh.history.events=10",
        "heliograph.stream.shortfresh.replay.lost=fresh",
        "heliograph.stream.few.replay.limit=5",
        "heliograph.stream.fewfresh.replay.limit=5",
        "heliograph.stream.fewfresh.replay.lost=fresh");
  }

  @Test
  void replaysEverythingAfterAPosition_thenGoesOnLive() {
    String key = freshKey();
    long first = door.publish("events/" + key, "t", "1");
    long second = door.publish("events/" + key, "t", "2");
    SseClient client = door.client(loop, "events/" + key).at(first).connect();

    assertEquals(first, client.awaitStanding());
    assertEquals(second, client.next().number());
    long third = door.publish("events/" + key, "t", "3");
    assertEquals(third, client.next().number());
  }

  @Test
  void replaysNothing_whenTheClientIsUpToDate() {
    String key = freshKey();
    long first = door.publish("events/" + key, "t", "1");
    SseClient client = door.client(loop, "events/" + key).at(first).connect();
    client.awaitStanding();
    long second = door.publish("events/" + key, "t", "2");

    assertEquals(second, client.next().number());
  }

  @Test
  void takesThePositionFromTheParameter_butTheHeaderWins() {
    String key = freshKey();
    long first = door.publish("events/" + key, "t", "1");
    long second = door.publish("events/" + key, "t", "2");
    door.publish("events/" + key, "t", "3");
    String parameter = "events/" + key + "?lastEventId=" + first;

    assertEquals("2", open(parameter).nextEvent().text());
    assertEquals("3", door.client(loop, parameter).at(second).connect().nextEvent().text());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void replaysFromATime(boolean isIso) {
    String key = freshKey();
    door.publish("events/" + key, "t", "1");
    long before = System.currentTimeMillis();
    Waiting.until("the clock has moved", () -> System.currentTimeMillis() > before + 1);
    Instant since = Instant.now().truncatedTo(java.time.temporal.ChronoUnit.MILLIS);
    door.publish("events/" + key, "t", "2");
    String text = isIso ? since.toString() : Long.toString(since.toEpochMilli());

    assertEquals("2", open("events/" + key + "?since=" + text).nextEvent().text());
    assertEquals("1", open("events/" + key + "?since=0").nextEvent().text());
  }

  @Test
  void prefersAPositionToATime() {
    String key = freshKey();
    long first = door.publish("events/" + key, "t", "1");
    door.publish("events/" + key, "t", "2");

    assertEquals(
        "2",
        door.client(loop, "events/" + key + "?since=0").at(first).connect().nextEvent().text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"rubbish", "-1", "99999999999999999999", "12", "9007199254740991"})
  void saysGapBeforeAnyId_whenThePositionIsUnknown(String position) {
    String key = freshKey();
    long first = door.publish("events/" + key, "t", "1");
    SseClient client = door.client(loop, "events/" + key).at(position).connect();
    client.next();
    Block gap = client.next();
    long standing = client.next().number();

    assertEquals(
        "[event: gap][data: {\"reason\":\"unknown\",\"requested\":\""
            + position
            + "\",\"resumed_after\":\""
            + standing
            + "\"}]",
        gap.toString());
    assertEquals(first, client.nextEvent().number());
  }

  @Test
  void goesOnFromNow_afterAGapUnderFresh() {
    door.publish("fresh", "t", "1");
    SseClient client = door.client(loop, "fresh").at("rubbish").connect();
    assertEquals("gap", client.nextEvent().name());
    client.awaitStanding();
    door.publish("fresh", "t", "2");

    assertEquals("2", client.nextEvent().text());
  }

  @ParameterizedTest
  @CsvSource({"short,oldest", "shortfresh,fresh"})
  void saysGap_whenThePositionWasTrimmed(String stream, String lost) {
    long first = door.publish(stream, "t", "0");
    String batch = "[" + "{\"type\":\"t\",\"data\":1},".repeat(30) + "{\"type\":\"t\",\"data\":2}]";
    long last = door.post(stream, Door.JSON, batch).ids().get(30);
    SseClient[] client = new SseClient[1];
    Waiting.until(
        "the log has trimmed",
        () -> {
          client[0] = door.client(loop, stream).at(first).connect();
          client[0].next();
          Block gap = client[0].next();
          boolean isGap = "gap".equals(gap.name());
          if (isGap) {
            assertTrue(
                gap.text().contains("\"trimmed\",\"requested\":\"" + first + "\""), "" + gap);
          }
          return isGap;
        });
    long standing = client[0].awaitStanding();
    if (lost.equals("oldest")) {
      assertEquals(last - 10, standing);
      assertEquals(last - 9, client[0].next().number());
    } else {
      assertEquals(last, standing);
      long next = door.publish(stream, "t", "3");
      assertEquals(next, client[0].next().number());
    }
  }

  @ParameterizedTest
  @CsvSource({"few,oldest", "fewfresh,fresh"})
  void saysGap_whenThePositionIsFurtherBackThanTheLimit(String stream, String lost) {
    long first = door.publish(stream, "t", "0");
    String batch = "[" + "{\"type\":\"t\",\"data\":1},".repeat(5) + "{\"type\":\"t\",\"data\":2}]";
    long last = door.post(stream, Door.JSON, batch).ids().get(5);

    SseClient within = door.client(loop, stream).at(last - 5).connect();
    assertEquals(last - 5, within.awaitStanding());
    assertEquals(last - 4, within.next().number());

    SseClient client = door.client(loop, stream).at(first).connect();
    client.next();
    Block gap = client.next();
    long standing = client.next().number();
    assertEquals(
        "{\"reason\":\"limit\",\"requested\":\""
            + first
            + "\",\"resumed_after\":\""
            + standing
            + "\"}",
        gap.text());
    assertEquals(lost.equals("oldest") ? last - 5 : last, standing);
  }

  @Test
  void givesRetainedEventsToNewcomers_withoutIds_beforeTheirPosition() {
    String key = freshKey();
    door.post("events/" + key, Door.JSON, retained("colour", "1"));
    door.post("events/" + key, Door.JSON, retained("shape", "2"));
    long last = door.post("events/" + key, Door.JSON, retained("colour", "3")).id();
    SseClient client = open("events/" + key);
    client.next();

    assertEquals("[event: shape][data: 2]", client.next().toString());
    assertEquals("[event: colour][data: 3]", client.next().toString());
    assertEquals(last, client.next().number());
  }

  @Test
  void givesRetainedEventsAfterAGap_butNotToThoseWithAPosition() {
    String key = freshKey();
    long id = door.post("fresh/" + key, Door.JSON, retained("colour", "1")).id();

    SseClient lost = door.client(loop, "fresh/" + key).at("rubbish").connect();
    assertEquals("gap", lost.nextEvent().name());
    assertEquals("[event: colour][data: 1]", lost.next().toString());
    SseClient known = door.client(loop, "fresh/" + key).at(id).connect();
    known.next();
    assertTrue(known.next().isIdOnly());
  }

  private static String retained(String type, String data) {
    return "{\"type\":\"" + type + "\",\"data\":" + data + ",\"retain\":true}";
  }
}
