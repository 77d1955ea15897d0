package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import io.heliograph.deployed.RealmUsers;
import io.heliograph.server.TestServer;
import java.io.IOException;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections that send a byte of a body now and then, and everybody else meanwhile. */
class SlowBodiesIT extends DeployedClients {
  private static final String USER = "quick";
  private static final String EVENT = "{\"type\":\"t\",\"data\":1}";

  /** Bodies of one sender that the hub waits for at once. */
  private static final int SHARE = 16;

  /** Far below what the slow ones are waited for, which is 30 s. */
  private static final Duration SOON = Duration.ofSeconds(12);

  private final List<RawExchange> slow = new ArrayList<>();
  private String login = "";

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with("heliograph.trusted-proxies=127.0.0.0/8");
  }

  @BeforeEach
  void makeUser() {
    RealmUsers.make(USER, Credentials.PASSWORD, "events-read-all");
    login = Credentials.loginBody(USER, Credentials.PASSWORD);
  }

  @AfterEach
  void end() throws IOException {
    RealmUsers.remove(USER);
    for (RawExchange one : slow) {
      one.close();
    }
  }

  private RawExchange begun(String path, String address, int length) throws IOException {
    try {
      return new RawExchange(hub.toURI())
          .send(
              "POST "
                  + (hub.getPath() + path + " HTTP/1.1\r\n")
                  + (path.endsWith("login") ? "Host: h\r\n" : RawExchange.CALLER)
                  + ("X-Forwarded-For: " + address + "\r\n")
                  + ("Content-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n"));
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private void assertSoon(long begun) {
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    assertTrue(took.compareTo(SOON) < 0, "it took " + took);
  }

  @Test
  void publishesForOthers_whileOneAddressHoldsMoreBodiesThanThereAreThreads() throws IOException {
    for (int i = 0; i < 400; i++) {
      slow.add(begun("api/v2/streams/events/events", "198.51.100.50", EVENT.length()).send("{"));
    }
    Waiting.until("its share is used", () -> bodiesBeingRead() >= SHARE);
    long begun = System.nanoTime();
    try (RawExchange other =
        begun("api/v2/streams/events/events", "198.51.100.51", EVENT.length())) {
      // Its own body is one to wait for, too: what comes with its headers needs no thread.
      Waiting.until("it is waited for", () -> bodiesBeingRead() > SHARE, SOON);
      assertEquals(SHARE + 1, bodiesBeingRead(), "more than a share is read at once");
      other.send(EVENT);

      assertEquals(201, other.status(), other.body());
      assertSoon(begun);
    }
  }

  /** Threads of the hub that wait for a body. */
  private static long bodiesBeingRead() {
    return TestServer.ofThisBuild().sharedJvm().threads().stream()
        .filter(stack -> stack.contains("io.heliograph.body.BodyReader.await("))
        .count();
  }

  @Test
  void logsOthersIn_whileManyLoginsDoNotCome() throws IOException {
    for (int i = 0; i < 60; i++) {
      slow.add(begun("api/v2/login", "198.51.100.60", login.length()).send("{"));
    }
    long begun = System.nanoTime();
    door.get("api/v2/streams");
    try (RawExchange other = whole()) {
      assertEquals(200, other.status(), other.body());
    }
    door.publish("events", "t", "1");
    try (RawExchange pieces = begun("api/v2/login", "198.51.100.62", login.length())) {
      pieces.send(login.substring(0, 10));
      door.get("api/v2/streams");
      pieces.send(login.substring(10));
      assertEquals(200, pieces.status(), pieces.body());
    }
    assertSoon(begun);
    // One is waited for, whichever that is; the others are told to come again.
    Waiting.until("59 are answered", () -> answered().size() >= 59, SOON);
    assertEquals(59, answered().size());
    for (RawExchange one : answered()) {
      assertEquals(429, one.status(), one.body());
      assertTrue(Integer.parseInt("" + one.response().header("Retry-After")) >= 1);
    }
  }

  private List<RawExchange> answered() {
    return slow.stream().filter(RawExchange::isAnswered).toList();
  }

  /** As browsers send it: the body in one piece with the headers. */
  private RawExchange whole() throws IOException {
    try {
      return new RawExchange(hub.toURI())
          .send(
              "POST "
                  + (hub.getPath() + "api/v2/login HTTP/1.1\r\nHost: h\r\n")
                  + "Content-Type: application/json\r\nX-Forwarded-For: 198.51.100.61\r\n"
                  + ("Content-Length: " + login.length() + "\r\n\r\n" + login));
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** Nobody keeps one of the few places by a byte a second. */
  @Test
  void givesUpOnALoginThatComesByteByByte() throws IOException {
    for (int i = 0; i < 4; i++) {
      slow.add(begun("api/v2/login", "198.51.100.7" + i, 8000).send("{"));
    }
    long end = System.nanoTime() + Duration.ofSeconds(25).toNanos();
    while (!slow.stream().allMatch(RawExchange::isAnswered)) {
      assertTrue(System.nanoTime() - end < 0, "they are still waited for");
      for (RawExchange one : slow) {
        if (!one.isAnswered()) {
          one.send(" ");
        }
      }
      LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
    }
    for (RawExchange one : slow) {
      assertEquals(401, one.status(), one.body());
    }
  }

  @Test
  void takesALoginInPieces() throws IOException {
    try (RawExchange exchange = begun("api/v2/login", "198.51.100.79", login.length())) {
      exchange.send(login.substring(0, 10));
      door.get("api/v2/streams");
      exchange.send(login.substring(10));

      assertEquals(200, exchange.status(), exchange.body());
    }
  }
}
