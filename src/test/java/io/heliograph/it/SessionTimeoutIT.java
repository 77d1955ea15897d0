package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import io.heliograph.deployed.RealmUsers;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions of users who fall silent, where 3 s are too long a silence. */
class SessionTimeoutIT extends DeployedClients {
  private static final String USER = "silent";
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private Credentials credentials;

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with("heliograph.session.timeout=3s");
  }

  @BeforeEach
  void makeUser() {
    credentials = new Credentials(door);
    RealmUsers.make(USER, Credentials.PASSWORD, "events-read-all");
  }

  @AfterEach
  void removeUser() {
    RealmUsers.remove(USER);
  }

  private SseClient open(String query, String cookie) {
    SseClient client =
        door.as(null)
            .client(loop, "events" + query)
            .header("Cookie", Credentials.COOKIE + "=" + cookie)
            .connect();
    client.awaitStanding();
    return client;
  }

  /** Also: an open stream is nobody's being there. */
  @Test
  void endsTheStream_whenNothingElseIsHeardOfItsUser() {
    SseClient reader = open("", credentials.session(USER));
    long begun = System.nanoTime();

    assertEquals(
        "[event: bye][data: {\"reason\":\"token_expired\"}]", reader.nextEvent().toString());
    assertEquals(SseClient.End.CLEAN, reader.awaitEnd());
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    assertTrue(took.compareTo(TIMEOUT.plusSeconds(5)) < 0, "it took " + took);
    // By a twentieth it may come early, and the stream was opened a moment after the login.
    assertTrue(took.compareTo(Duration.ofSeconds(2)) > 0, "it took only " + took);
  }

  @Test
  void refusesTheCookie_afterTheSilence() {
    String cookie = credentials.session(USER);
    assertEquals(200, credentials.statusOfSession(cookie));

    LockSupport.parkNanos(TIMEOUT.plusMillis(200).toNanos());

    assertEquals(401, credentials.statusOfSession(cookie));
  }

  @Test
  void keepsTheSessionAndItsStreams_whileRequestsCome() {
    String cookie = credentials.session(USER);
    SseClient reader = open("", cookie);
    long end = System.nanoTime() + TIMEOUT.multipliedBy(3).toNanos();

    while (System.nanoTime() - end < 0) {
      assertEquals(200, credentials.statusOfSession(cookie));
      LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
    }

    assertFalse(reader.isEnded());
    long published = door.publish("events", "t", "1");
    assertEquals(published, reader.nextEvent().number());
  }
}
