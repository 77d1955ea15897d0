package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import io.heliograph.deployed.RealmUsers;
import io.heliograph.it.Ways.Sent;
import io.heliograph.it.Ways.State;
import io.heliograph.it.Ways.Way;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * Every way in at every door, in every state that a credential can be in: what the hub answers.
 *
 * <p>A caller of the tenant {@code red} is right; one without the door's role, or of the tenant
 * {@code blue}, is not. Somebody of another tenant may open a stream, and sees nothing of it:
 * {@link IsolationIT}.
 */
class AccessTableIT extends DeployedClients {
  private static final String TABLE =
      """
      door           role             right missing wrong expired revoked role tenant
      public         events-read-own  200   200     401   401     401     200  200
      tenant         events-read-own  200   401     401   401     401     403  200
      owner          events-read-own  200   401     401   401     401     403  200
      page           events-read-own  200   401     401   401     401     403  200
      event          events-read-own  200   401     401   401     401     403  404
      publish        events-publish   201   401     401   401     401     403  403
      publish_owner  events-publish   201   401     401   401     401     403  201
      admin          events-admin     200   401     401   401     401     403  200
      """;

  private final List<String> users = new ArrayList<>();

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with(
        "heliograph.streams=public,tenant,owner",
        "heliograph.trusted-proxies=127.0.0.1",
        "heliograph.stream.public.access=public",
        "heliograph.stream.tenant.isolation=tenant",
        "heliograph.stream.owner.isolation=owner");
  }

  @AfterEach
  void removeUsers() {
    users.forEach(RealmUsers::remove);
  }

  private record Row(String door, String role, Map<State, Integer> statuses) {
    int status(State state) {
      return Objects.requireNonNull(statuses.get(state));
    }

    static Row of(String line) {
      String[] words = line.strip().split("\\s+", -1);
      Map<State, Integer> statuses = new EnumMap<>(State.class);
      for (State state : State.values()) {
        statuses.put(state, Integer.valueOf(words[2 + statuses.size()]));
      }
      return new Row(words[0], words[1], statuses);
    }
  }

  private static List<Row> rows() {
    return TABLE.lines().skip(1).map(Row::of).toList();
  }

  private String request(String door, long event) {
    return switch (door) {
      case "public", "tenant", "owner" -> "GET api/v2/streams/" + door;
      case "page" -> "GET api/v2/streams/tenant/events";
      case "event" -> "GET api/v2/events/" + event;
      case "publish" -> "POST api/v2/streams/tenant/events";
      case "publish_owner" -> "POST api/v2/streams/owner/events";
      default -> "GET api/v2/admin/api-keys";
    };
  }

  /** What a publisher says is for {@code red}; where there are tenants another may not. */
  private static String body(String door) {
    return switch (door) {
      case "publish" -> "{\"type\":\"t\",\"data\":1,\"tenant\":\"red\"}";
      case "publish_owner" -> "{\"type\":\"t\",\"data\":1,\"owner\":\"maria\"}";
      default -> "";
    };
  }

  private void check(Way way) throws IOException {
    Ways ways = new Ways(hub, door, users);
    long event =
        door.post("tenant", Door.JSON, "{\"type\":\"t\",\"data\":1,\"tenant\":\"red\"}").id();
    List<Executable> wrong = new ArrayList<>();
    int cells = 0;
    for (Row row : rows()) {
      for (State state : State.values()) {
        Sent sent = ways.send(way, state, row.role());
        if (sent == null) {
          continue;
        }
        cells++;
        // A proxy's word is good for reading only.
        boolean isTooMuch =
            way == Way.PROXY && sent.isValid() && !row.role().equals("events-read-own");
        int expected = isTooMuch ? 403 : row.status(state);
        int seen = sent.status(request(row.door(), event), body(row.door()));
        String cell = way + " at " + row.door() + ", " + state;
        wrong.add(() -> assertEquals(expected, seen, cell));
      }
    }
    assertTrue(cells >= 3 * rows().size(), cells + " cells");
    assertAll(wrong);
  }

  @Test
  void answersPasswords() throws IOException {
    check(Way.BASIC);
  }

  @Test
  void answersSessions() throws IOException {
    check(Way.SESSION);
  }

  @Test
  void answersKeys() throws IOException {
    check(Way.KEY);
  }

  @Test
  void answersKeysInTheirOwnHeader() throws IOException {
    check(Way.KEY_HEADER);
  }

  @Test
  void answersKeysInTheAddress() throws IOException {
    check(Way.KEY_QUERY);
  }

  @Test
  void answersTokens() throws IOException {
    check(Way.TOKEN);
  }

  @Test
  void answersTokensInTheAddress() throws IOException {
    check(Way.TOKEN_QUERY);
  }

  @Test
  void answersTickets() throws IOException {
    check(Way.TICKET);
  }

  @Test
  void answersProxies() throws IOException {
    check(Way.PROXY);
  }

  @Test
  void saysWhoTheCallerIs() throws IOException {
    Ways ways = new Ways(hub, door, users);
    for (Way way : Way.values()) {
      Sent sent = Objects.requireNonNull(ways.send(way, State.RIGHT, "events-read-own"));
      String me = sent.body("GET api/v2/me");
      assertTrue(me.contains("\"roles\":[\"events-read-own\"]"), way + ": " + me);
      assertTrue(me.contains("\"tenant\":\"red\""), way + ": " + me);
    }
  }
}
