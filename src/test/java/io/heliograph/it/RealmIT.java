package io.heliograph.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.deployed.DeployedHub;
import io.heliograph.deployed.RealmUsers;
import io.heliograph.embedded.TestCaller;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server's own users: their groups are their roles, and nobody else's. */
class RealmIT extends DeployedClients {
  private static final String PASSWORD = "correct-horse";

  /** What a resource answers to whoever lacks its role. */
  private static final String NOTHING = "403 403 403 403 403";

  private final List<String> users = new ArrayList<>();

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with(
        "heliograph.streams=tenant",
        "heliograph.trusted-proxies=127.0.0.1",
        "heliograph.stream.tenant.isolation=tenant");
  }

  @AfterEach
  void removeUsers() {
    users.forEach(RealmUsers::remove);
  }

  private String user(String password, String... groups) {
    String name = "u" + UUID.randomUUID();
    RealmUsers.make(name, password, groups);
    users.add(name);
    return name;
  }

  private static String[] basic(String name, String password) {
    String pair = Base64.getEncoder().encodeToString((name + ":" + password).getBytes(UTF_8));
    return new String[] {"Authorization", "Basic " + pair};
  }

  private Door.Answer get(String path, String... credential) {
    return send(HttpRequest.newBuilder(door.at(path)), credential);
  }

  private Door.Answer send(HttpRequest.Builder request, String... credential) {
    return door.as(null).send(request.timeout(Waiting.DEADLINE).headers(credential));
  }

  private List<String> roles(String... credential) {
    Door.Answer me = get("api/v2/me", credential);
    assertEquals(200, me.status(), me.body());
    return me.json().getJsonArray("roles").stream()
        .map(role -> role.toString().replace("\"", ""))
        .toList();
  }

  /** The doors of reading one's own, reading all, publishing, administering, and the live page. */
  private String doors(String... credential) {
    HttpRequest.Builder publish =
        HttpRequest.newBuilder(door.stream("events/events"))
            .header("Content-Type", Door.JSON)
            .POST(BodyPublishers.ofString("{\"type\":\"t\",\"data\":1}"));
    return get("api/v2/streams/events/events", credential).status()
        + " "
        + get("api/v2/streams/tenant/events", credential).status()
        + " "
        + send(publish, credential).status()
        + " "
        + get("api/v2/admin/api-keys", credential).status()
        + " "
        + get("index.html", credential).status();
  }

  @ParameterizedTest
  @CsvSource({
    "events-read-own, events-read-own, 200 403 403 403 200",
    "events-read-all, events-read-all, 200 200 403 403 200",
    "events-publish, events-publish, 403 403 201 403 200",
    "events-admin, events-admin events-publish events-read-all events-read-own,"
        + " 200 200 201 200 200",
    "events-read-own events-publish, events-publish events-read-own, 200 403 201 403 200",
    "events-publish staff, events-publish, 403 403 201 403 200",
    "staff, '', " + NOTHING,
    "Events-Admin, '', " + NOTHING,
    "events-admins, '', " + NOTHING,
    "'', '', " + NOTHING
  })
  void groupsAreRoles(String groups, String roles, String doors) {
    String[] maria =
        basic(user(PASSWORD, groups.isEmpty() ? new String[0] : groups.split(" ", -1)), PASSWORD);

    assertEquals(roles, String.join(" ", roles(maria)));
    assertEquals(doors, doors(maria));
  }

  @Test
  void takesAGroupAway_fromTheNextRequestOn() {
    String name = user(PASSWORD, "events-admin", "events-read-own");
    assertEquals("200 200 201 200 200", doors(basic(name, PASSWORD)));

    RealmUsers.make(name, PASSWORD, "events-read-own");
    assertEquals(List.of("events-read-own"), roles(basic(name, PASSWORD)));
    assertEquals("200 403 403 403 200", doors(basic(name, PASSWORD)));

    RealmUsers.make(name, PASSWORD, "events-publish");
    assertEquals(List.of("events-publish"), roles(basic(name, PASSWORD)));
  }

  @Test
  void refusesWhoIsRemoved_orHasAnotherPasswordNow() {
    String name = user("former", "events-read-own");
    assertEquals(200, get("api/v2/me", basic(name, "former")).status());
    RealmUsers.make(name, PASSWORD, "events-read-own");
    assertEquals(401, get("api/v2/me", basic(name, "former")).status());
    assertEquals(200, get("api/v2/me", basic(name, PASSWORD)).status());

    RealmUsers.remove(name);
    users.remove(name);
    assertEquals(401, get("api/v2/me", basic(name, PASSWORD)).status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"grüße-aus-Köln", "a:b::c:", ":", "漢字😀", "#a\\b=c!{x}${y}%41+é"})
  void takesWhateverPassword(String password) {
    String name = user(password, "events-read-own");

    assertEquals(List.of("events-read-own"), roles(basic(name, password)));
    assertEquals(401, get("api/v2/me", basic(name, password + "x")).status());
    assertEquals(200, login(name, password).status());
  }

  private Door.Answer login(String name, String password) {
    String body =
        Json.createObjectBuilder().add("name", name).add("password", password).build().toString();
    return send(
        HttpRequest.newBuilder(door.at("api/v2/login")).POST(BodyPublishers.ofString(body)),
        "Content-Type",
        Door.JSON);
  }

  /** The server adds a realm user's groups to whoever has that name; the hub's own get another. */
  @Test
  void givesNobodyTheGroupsOfAUserWhoIsCalledTheSame() {
    String name = user(PASSWORD, "events-admin");
    List<String[]> impostors =
        List.of(
            new String[] {"Authorization", "Bearer " + TestCaller.token(name, null)},
            new String[] {"Authorization", "Bearer " + TestCaller.token(name, "red")});
    for (String[] impostor : impostors) {
      assertEquals(List.of(), roles(impostor));
      assertEquals(NOTHING, doors(impostor));
    }
    String reader = "200 403 403 403 200";
    List<String[]> readers =
        List.of(
            new String[] {
              "Authorization", "Bearer " + TestCaller.token(name, null, "events-read-own")
            },
            new String[] {"X-API-Key", key(name)},
            new String[] {"Authorization", "Bearer " + key(name)},
            new String[] {"X-User-ID", name});
    for (String[] one : readers) {
      assertEquals(List.of("events-read-own"), roles(one), one[0]);
      assertEquals(reader, doors(one), one[0]);
    }
  }

  /** A key that is called like the user, and is that user's. */
  private String key(String name) {
    JsonObject wish =
        Json.createObjectBuilder()
            .add("name", name)
            .add("owner", name)
            .add("roles", Json.createArrayBuilder().add("events-read-own"))
            .build();
    Door.Answer made =
        door.send(
            HttpRequest.newBuilder(door.at("api/v2/admin/api-keys"))
                .header("Content-Type", Door.JSON)
                .POST(BodyPublishers.ofString(wish.toString())));
    assertEquals(201, made.status(), made.body());
    return made.json().getString("key");
  }
}
