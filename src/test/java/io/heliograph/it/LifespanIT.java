package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import io.heliograph.it.SseClient.End;
import java.time.Duration;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What time does to a connection: heartbeats, idle and life time, and what it leaves behind. */
class LifespanIT extends DeployedClients {
  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with(
        "heliograph.streams=comments,pings,beats,idle,old",
        "heliograph.stream.comments.heartbeat.every=1s",
        "heliograph.stream.pings.heartbeat.every=1s",
        "heliograph.stream.pings.heartbeat.text=ping",
        "heliograph.stream.beats.heartbeat.every=1s",
        "heliograph.stream.beats.heartbeat.as=event",
        "heliograph.stream.idle.idle-timeout=2s",
        "heliograph.stream.idle.heartbeat.every=1s",
        "heliograph.stream.old.max-lifetime=2s");
  }

  @ParameterizedTest
  @CsvSource({"comments,heartbeat", "pings,ping"})
  void beatsAsAComment_withAnIdWhereThePositionMovedUnseen(String stream, String text) {
    SseClient client = open(stream + "/" + freshKey());
    long standing = client.awaitStanding();
    assertEquals("[:" + text + "]", client.next().toString());
    long unseen = door.publish("events/" + freshKey(), "t", "1");
    assertTrue(unseen > standing);

    Block block = client.next();
    while (block.isComment()) {
      block = client.next();
    }
    assertEquals("[id: " + block.id() + "]", block.toString());
    assertTrue(block.number() >= unseen || client.awaitStanding() >= unseen);
  }

  @Test
  void beatsAsAnEvent_thatCarriesTheIdItself() {
    SseClient client = open("beats/" + freshKey());
    client.awaitStanding();
    long unseen = door.publish("events/" + freshKey(), "t", "1");
    Block beat = client.nextEvent("heartbeat");
    while (beat.id() == null || beat.number() < unseen) {
      beat = client.nextEvent("heartbeat");
    }
    assertTrue(
        beat.text()
            .matches(
                "\\{\"timestamp\":\"20[0-9T:.-]+Z\",\"status\":\"connected\",\"connections\":[0-9]+}"),
        beat.text());
  }

  @Test
  void resumesFromAPositionThatOnlyAHeartbeatGave() {
    String key = freshKey();
    SseClient client = open("comments/" + key);
    client.awaitStanding();
    long unseen = door.publish("events/" + freshKey(), "t", "1");
    while (client.awaitStanding() < unseen) {
      assertNotEquals("", client.position());
    }
    client.leave();
    long missed = door.publish("comments/" + key, "t", "2");
    client.connect();

    assertEquals(missed, client.nextEvent().number());
  }

  @Test
  void endsIdleConnections_heartbeatsBeingNoActivity() {
    long begun = System.nanoTime();
    SseClient client = open("idle/" + freshKey());
    assertEquals("[event: bye][data: {\"reason\":\"idle_timeout\"}]", "" + client.nextEvent());
    assertEquals(End.CLEAN, client.awaitEnd());
    assertTrue(System.nanoTime() - begun >= Duration.ofSeconds(2).toNanos());
  }

  @Test
  void endsConnectionsAtTheirLifetime() {
    SseClient client = open("old/" + freshKey());
    assertEquals("[event: bye][data: {\"reason\":\"max_lifetime\"}]", "" + client.nextEvent());
    assertEquals(End.CLEAN, client.awaitEnd());
  }

  @Test
  void forgetsConnectionsThatLeft() {
    Waiting.until("those of other tests are gone", () -> door.metric("connections_active") == 0);
    long closed = door.metric("connections_closed_total");
    SseClient client = open("comments/" + freshKey());
    client.awaitStanding();
    assertEquals(1, door.metric("connections_active"));
    client.leave();

    Waiting.until("the hub has noticed", () -> door.metric("connections_active") == 0);
    assertEquals(closed + 1, door.metric("connections_closed_total"));
  }
}
