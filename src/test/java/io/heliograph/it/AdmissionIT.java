package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/** Limits on connections, over HTTP: who is refused, with what, and that the places come back. */
class AdmissionIT extends DeployedClients {
  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with(
        "heliograph.streams=few,one,replacing,rejecting,rare,many",
        "heliograph.trusted-proxies=127.0.0.0/8",
        "heliograph.stream.few.limit.connections=3",
        "heliograph.stream.one.limit.per-address=1",
        "heliograph.stream.one.heartbeat.every=1s",
        "heliograph.stream.replacing.limit.per-session=1",
        "heliograph.stream.replacing.session.excess=replace",
        "heliograph.stream.rejecting.limit.per-session=1",
        "heliograph.stream.rare.rate.per-address=5/1h",
        "heliograph.stream.many.limit.per-address=20");
  }

  private SseClient from(String address, String stream) {
    return door.client(loop, stream).header("X-Forwarded-For", address).connect();
  }

  private static void assertRefused(int status, String said, SseClient client) {
    Response head = client.awaitHead();
    assertEquals(status, head.status());
    assertEquals(
        "application/problem+json",
        Objects.requireNonNull(head.header("Content-Type")).split(";", -1)[0]);
    assertTrue(
        Integer.parseInt(Objects.requireNonNull(head.header("Retry-After"))) >= 1, "Retry-After");
    String body = client.awaitBody();
    assertTrue(body.contains(said), body);
  }

  @Test
  void answers503_whenTheStreamIsFull() {
    for (int i = 0; i < 3; i++) {
      open("few").awaitStanding();
    }
    assertRefused(503, "limit.connections", open("few"));
  }

  @Test
  void answers429_whenAnAddressHasItsShare_andTakesItAgainOnceItLeft() {
    SseClient first = from("198.51.100.1", "one");
    first.awaitStanding();

    assertRefused(429, "from 198.51.100.1 was refused", from("198.51.100.1", "one"));
    from("198.51.100.2", "one").awaitStanding();
    first.leave();
    Waiting.until(
        "the place is free", () -> from("198.51.100.1", "one").awaitHead().status() == 200);
  }

  @Test
  void isNotFooledByWhatTheClientWrites() {
    from("198.51.100.9", "one").awaitStanding();

    assertRefused(429, "198.51.100.9", from("203.0.113.1, 198.51.100.9", "one"));
    assertRefused(429, "198.51.100.9", from("rubbish, 198.51.100.9", "one"));
  }

  @Test
  void replacesTheOldConnectionOfASession() {
    SseClient old = open("replacing?session=a");
    old.awaitStanding();
    open("replacing?session=b").awaitStanding();

    SseClient newer = open("replacing?session=a");
    newer.awaitStanding();

    assertEquals("86400000", old.next().retry());
    assertEquals("[event: bye][data: {\"reason\":\"replaced\"}]", old.next().toString());
    assertEquals(SseClient.End.CLEAN, old.awaitEnd());
  }

  @Test
  void refusesASecondOfASession_whileTheFirstLives() {
    SseClient first = open("rejecting?session=a");
    first.awaitStanding();

    assertRefused(429, "of this session", open("rejecting?session=a"));
    assertEquals("[:heartbeat]", first.next().toString());
  }

  /** The hub learns of a vanished client only by writing to it; the newcomer makes it write. */
  @Test
  void takesTheNewOneOfASession_whenTheFirstHasGoneUnnoticed() {
    SseClient first = open("rejecting?session=gone");
    first.awaitStanding();
    first.leave();

    open("rejecting?session=gone").awaitStanding();
  }

  @Test
  void answers429_toThoseWhoKnockTooOften() {
    for (int i = 0; i < 5; i++) {
      from("198.51.100.3", "rare").awaitStanding();
    }
    assertRefused(429, "5 times", from("198.51.100.3", "rare"));
    from("198.51.100.4", "rare").awaitStanding();
  }

  @Test
  void isExact_whenTwoHundredOpenAtOnce() {
    long refused = door.metric("requests_refused_total");
    List<SseClient> clients = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      clients.add(from("198.51.100.7", "many"));
    }
    long taken = clients.stream().filter(one -> one.awaitHead().status() == 200).count();

    assertEquals(20, taken);
    assertEquals(refused + 180, door.metric("requests_refused_total"));
    clients.forEach(SseClient::leave);
  }
}
