package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import io.heliograph.deployed.RealmUsers;
import io.heliograph.embedded.TestCaller;
import io.heliograph.it.Credentials.MadeKey;
import io.heliograph.it.SseClient.End;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stream ends when the credential behind it does, within 5 s, and nobody else's does. */
class CredentialEndIT extends DeployedClients {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final String READ = "\"name\":\"shop\",\"roles\":[\"events-read-all\"]";
  private static final String REVOKED =
      "[retry: 86400000] [event: bye][data: {\"reason\":\"revoked\"}]";
  private static final String EXPIRED = "[event: bye][data: {\"reason\":\"token_expired\"}]";

  private final List<String> users = new ArrayList<>();
  private Credentials credentials;
  private SseClient bystander;

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with(
        "heliograph.streams=one",
        "heliograph.trusted-proxies=127.0.0.1",
        "heliograph.stream.one.limit.per-user=1");
  }

  @BeforeEach
  void openAnothersStream() {
    credentials = new Credentials(door);
    bystander =
        door.as(credentials.key(READ + ",\"owner\":\"bystander\"").text()).client(loop, "events");
    bystander.connect().awaitStanding();
  }

  @AfterEach
  void theOthersStreamGoesOn() {
    users.forEach(RealmUsers::remove);
    long published = door.publish("events", "after", "1");
    Block event = bystander.nextEvent("after");
    assertEquals(published, event.number());
    assertFalse(bystander.isEnded());
  }

  private SseClient standing(SseClient client) {
    client.connect().awaitStanding();
    return client;
  }

  private SseClient reader(String token) {
    return standing(door.as(token).client(loop, "events"));
  }

  /**
   * The stream's last blocks, joined; fails if it took longer than the limit after {@code from}.
   */
  private static String farewell(SseClient client, Instant from) {
    Waiting.until("the end", client::isEnded);
    Duration took = Duration.between(from, Instant.now());
    assertTrue(took.compareTo(LIMIT) <= 0, "it took " + took);
    assertFalse(took.isNegative(), "it came early, by " + took);
    assertEquals(End.CLEAN, client.awaitEnd());
    List<String> blocks = new ArrayList<>();
    for (Block block = client.poll(); block != null; block = client.poll()) {
      if (block.isEvent() || block.retry() != null) {
        blocks.add(block.toString());
      }
    }
    return String.join(" ", blocks);
  }

  private String user(String... roles) {
    String name = "u" + UUID.randomUUID();
    RealmUsers.make(name, Credentials.PASSWORD, roles);
    users.add(name);
    return name;
  }

  private SseClient bySession(String cookie) {
    return standing(
        door.as(null).client(loop, "events").header("Cookie", Credentials.COOKIE + "=" + cookie));
  }

  @Test
  void ends_whenItsTokenExpires() {
    // Whole seconds, as tokens have, and the 2 s by which clocks may differ.
    Instant end = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    SseClient reader = reader(TestCaller.token("maria", null, end, "events-read-all"));

    assertEquals(EXPIRED, farewell(reader, end.plusSeconds(2)));
  }

  @Test
  void ends_whenItsKeyIsRevoked_andIsToldNotToComeBack() {
    MadeKey key = credentials.key(READ);
    SseClient reader = reader(key.text());

    Instant from = Instant.now();
    credentials.revoke(key);

    assertEquals(REVOKED, farewell(reader, from));
    assertEquals(401, credentials.statusOf(key.text()));
  }

  @Test
  void ends_whenItsKeyExpires() {
    Instant end = Instant.now().plusSeconds(3);
    SseClient reader = reader(credentials.key(READ + ",\"expires\":\"" + end + "\"").text());

    assertEquals(EXPIRED, farewell(reader, end));
  }

  @Test
  void endsTheOldTextsStreamAfterTheOverlap_andNotTheNewOnes() {
    MadeKey key = credentials.key(READ);
    SseClient old = reader(key.text());
    Instant from = Instant.now();
    SseClient newer = reader(credentials.rotate(key, "4s"));

    assertFalse(old.isEnded());
    assertEquals(200, credentials.statusOf(key.text()));
    assertEquals(EXPIRED, farewell(old, from.plusSeconds(4)));
    assertEquals(401, credentials.statusOf(key.text()));
    long published = door.publish("events", "rotated", "1");
    assertEquals(published, newer.nextEvent("rotated").number());
  }

  @Test
  void endsTheOldTextsStreamAtOnce_withoutAnOverlap() {
    MadeKey key = credentials.key(READ);
    SseClient old = reader(key.text());
    Instant from = Instant.now();
    SseClient newer = reader(credentials.rotate(key, "0"));

    assertEquals(EXPIRED, farewell(old, from));
    assertFalse(newer.isEnded());
  }

  @Test
  void ends_whenItsUserLogsOut_andNotTheOtherSessionsOfTheUser() {
    String name = user("events-read-all");
    String here = credentials.session(name);
    String elsewhere = credentials.session(name);
    SseClient reader = bySession(here);
    SseClient other = bySession(elsewhere);

    Instant from = Instant.now();
    credentials.logout(here);

    assertEquals(REVOKED, farewell(reader, from));
    assertFalse(other.isEnded());
    assertEquals(200, credentials.statusOfSession(elsewhere));
  }

  @Test
  void endsWhatATicketOpened_withWhatBoughtIt() {
    MadeKey key = credentials.key(READ);
    String ticket = Credentials.ticket(door.as(key.text()));
    SseClient reader = standing(door.as(null).client(loop, "events?ticket=" + ticket));

    Instant from = Instant.now();
    credentials.revoke(key);

    assertEquals(REVOKED, farewell(reader, from));
  }

  @Test
  void endsWhatATicketOpened_withTheTokenThatBoughtIt() {
    Instant end = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(2);
    String token = TestCaller.token("maria", null, end, "events-read-all");
    String ticket = Credentials.ticket(door.as(token));
    SseClient reader = standing(door.as(null).client(loop, "events?ticket=" + ticket));

    assertEquals(EXPIRED, farewell(reader, end.plusSeconds(2)));
  }

  @Test
  void takesNoTicket_whoseCredentialEndedBeforeItWasUsed() {
    MadeKey key = credentials.key(READ);
    String ticket = Credentials.ticket(door.as(key.text()));
    credentials.revoke(key);

    SseClient reader = door.as(null).client(loop, "events?ticket=" + ticket).connect();

    assertEquals(401, reader.awaitHead().status());
  }

  @Test
  void ends_whenItsUserBecomesAnotherTenants_howeverItCame() {
    String name = user("events-read-all");
    credentials.member("red", name);
    SseClient byPassword =
        standing(
            door.as(null)
                .client(loop, "events")
                .header("Authorization", Credentials.basic(name, Credentials.PASSWORD)));
    SseClient bySession = bySession(credentials.session(name));
    SseClient byProxy = standing(door.as(null).client(loop, "events").header("X-User-ID", name));

    Instant from = Instant.now();
    credentials.member("blue", name);

    assertEquals(REVOKED, farewell(byPassword, from));
    assertEquals(REVOKED, farewell(bySession, from));
    assertEquals(REVOKED, farewell(byProxy, from));
  }

  @Test
  void ends_whenItsUserIsTakenOutOfTheTenant() {
    String name = user("events-read-all");
    credentials.member("red", name);
    SseClient reader = bySession(credentials.session(name));

    Instant from = Instant.now();
    assertEquals(
        204,
        Credentials.send(door, "DELETE", "api/v2/admin/tenants/red/members/" + name, null)
            .status());

    assertEquals(REVOKED, farewell(reader, from));
  }

  @Test
  void givesThePlaceBack() {
    MadeKey key = credentials.key(READ + ",\"owner\":\"maria\"");
    MadeKey other = credentials.key(READ + ",\"owner\":\"maria\"");
    SseClient reader = standing(door.as(key.text()).client(loop, "one"));
    assertEquals(429, door.as(other.text()).client(loop, "one").connect().awaitHead().status());

    Instant from = Instant.now();
    credentials.revoke(key);

    assertEquals(REVOKED, farewell(reader, from));
    standing(door.as(other.text()).client(loop, "one"));
  }
}
