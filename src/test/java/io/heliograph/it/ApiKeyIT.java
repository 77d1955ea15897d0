package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import io.heliograph.embedded.TestCaller;
import io.heliograph.it.Credentials.MadeKey;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and tenants, as an administrator makes, sees and ends them. */
class ApiKeyIT extends DeployedClients {
  private static final String KEYS = "api/v2/admin/api-keys";
  private static final String TENANTS = "api/v2/admin/tenants";

  private Credentials credentials;

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with();
  }

  @BeforeEach
  void beAdministrator() {
    credentials = new Credentials(door);
  }

  private JsonObject shown(String id) {
    Door.Answer answer = door.get(KEYS + "/" + id);
    assertEquals(200, answer.status(), answer.body());
    return answer.json();
  }

  private Door.Answer make(String body) {
    return Credentials.post(door, KEYS, body);
  }

  @Test
  void makesAKey_andSaysEverythingOfIt() {
    Door.Answer made =
        make(
            "{\"name\":\"shop\",\"owner\":\"maria\",\"tenant\":\"red\","
                + "\"roles\":[\"events-publish\",\"events-read-own\"],"
                + "\"expires\":\"2099-01-31T00:00:00+01:00\"}");

    assertEquals(201, made.status(), made.body());
    JsonObject key = made.json();
    assertTrue(key.getString("key").matches("hk_[a-z2-7]{12}_[A-Za-z0-9_-]{43}"), "its form");
    assertTrue(key.getString("key").startsWith("hk_" + key.getString("id") + "_"));
    assertEquals("2099-01-30T23:00:00Z", key.getString("expires"));
    assertEquals("[\"events-publish\",\"events-read-own\"]", String.valueOf(key.get("roles")));
    assertEquals(JsonValue.NULL, key.get("revoked"));
    assertEquals(JsonValue.NULL, key.get("last_used"));
    assertTrue(Instant.parse(key.getString("created")).isBefore(Instant.now().plusSeconds(1)));

    Door.Answer me = door.as(key.getString("key")).get("api/v2/me");
    assertEquals(
        "{\"name\":\"maria\",\"roles\":[\"events-publish\",\"events-read-own\"],"
            + "\"tenant\":\"red\",\"authenticated_by\":\"api_key\"}",
        me.body());
  }

  @Test
  void givesAKeyWithoutRoles_readingAndItsOwnName() {
    MadeKey key = credentials.key("\"name\":\"plain\"");

    assertEquals(
        "{\"name\":\"key:plain\",\"roles\":[\"events-read-all\"],"
            + "\"tenant\":null,\"authenticated_by\":\"api_key\"}",
        door.as(key.text()).get("api/v2/me").body());
    assertEquals(403, door.as(key.text()).get(KEYS).status());
  }

  /** A bearer of {@code events-admin} does not get from anywhere what another presents. */
  @Test
  void showsTheTextOnce() {
    MadeKey key = credentials.key("\"name\":\"secret\"");
    String secret = key.text().substring(key.text().length() - 43);
    String rotated = credentials.rotate(key, "1h");
    String newSecret = rotated.substring(rotated.length() - 43);

    for (String page : List.of(KEYS, KEYS + "/" + key.id())) {
      String body = door.get(page).body();
      assertTrue(body.contains(key.id()), body);
      assertFalse(body.contains(secret) || body.contains(newSecret), body);
      assertFalse(body.contains("\"key\"") || body.contains("hash"), body);
    }
    assertTrue(
        Credentials.send(door, "DELETE", KEYS + "/" + key.id(), null).body().isEmpty(),
        "a revocation says nothing");
  }

  @Test
  void listsTheNewestFirst_inPages() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      made.add(0, credentials.key("\"name\":\"page\"").id());
    }
    List<String> listed = new ArrayList<>();
    String after = "";
    for (int page = 0; page < 3; page++) {
      JsonObject json = door.get(KEYS + "?limit=2" + after).json();
      json.getJsonArray("api_keys").stream()
          .map(JsonValue::asJsonObject)
          .forEach(key -> listed.add(key.getString("id")));
      assertFalse(json.isNull("next"), "" + json);
      after = "&after=" + json.getString("next");
    }

    assertEquals(made, listed.subList(0, 5));
    JsonObject last = door.get(KEYS + "?limit=1000").json();
    assertTrue(last.isNull("next"));
    assertEquals(
        List.of(),
        List.copyOf(door.get(KEYS + "?after=nosuchidaaaa").json().getJsonArray("api_keys")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1001", "-1", "x", "99999999999", ""})
  void refusesALimitThatIsNone(String limit) {
    for (String page : List.of(KEYS, TENANTS, TENANTS + "/red/members")) {
      assertTrue(
          door.get(page + "?limit=" + limit).problem(400, "invalid-parameter").startsWith("limit"));
    }
  }

  @Test
  void rotatesAKey_andBothTextsAreGoodForTheOverlap() {
    MadeKey key = credentials.key("\"name\":\"turning\"");
    String newer = credentials.rotate(key, "1h");
    assertEquals(200, credentials.statusOf(key.text()));
    assertEquals(200, credentials.statusOf(newer));

    String newest = credentials.rotate(key, "0");

    assertEquals(401, credentials.statusOf(key.text()));
    assertEquals(401, credentials.statusOf(newer));
    assertEquals(200, credentials.statusOf(newest));
    Door.Answer byDefault = Credentials.send(door, "POST", KEYS + "/" + key.id() + "/rotate", null);
    assertEquals(201, byDefault.status(), byDefault.body());
    assertEquals(200, credentials.statusOf(newest), "a day's overlap is the default");
  }

  @Test
  void revokesAKeyForGood() {
    MadeKey key = credentials.key("\"name\":\"leaving\"");
    credentials.revoke(key);

    assertEquals(401, credentials.statusOf(key.text()));
    assertFalse(shown(key.id()).isNull("revoked"));
    credentials.revoke(key);
    String sentence =
        Credentials.post(door, KEYS + "/" + key.id() + "/rotate", "{}")
            .problem(422, "invalid-field");
    assertTrue(sentence.contains("was revoked"), sentence);
  }

  @Test
  void saysWhenAKeyWasUsed() {
    MadeKey key = credentials.key("\"name\":\"used\"");
    assertTrue(shown(key.id()).isNull("last_used"));
    Instant before = Instant.now().minusMillis(1);

    assertEquals(200, credentials.statusOf(key.text()));

    Waiting.until("it is written down", () -> !shown(key.id()).isNull("last_used"));
    Instant used = Instant.parse(shown(key.id()).getString("last_used"));
    assertTrue(used.isAfter(before) && used.isBefore(Instant.now()), "" + used);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                            | name",
        "{\"name\":null}                               | name",
        "{\"name\":\"\"}                               | name",
        "{\"name\":7}                                  | name",
        "{\"name\":\"a\\nb\"}                          | name",
        "{\"name\":\"n\",\"owner\":\"\"}               | owner",
        "{\"name\":\"n\",\"owner\":\"a\\u0000b\"}      | owner",
        "{\"name\":\"n\",\"tenant\":\"\\r\\n\"}        | tenant",
        "{\"name\":\"n\",\"roles\":\"events-admin\"}   | roles",
        "{\"name\":\"n\",\"roles\":[\"root\"]}         | roles",
        "{\"name\":\"n\",\"roles\":[1]}                | roles",
        "{\"name\":\"n\",\"expires\":\"tomorrow\"}     | expires",
        "{\"name\":\"n\",\"expires\":\"2001-01-01T00:00:00Z\"} | expires",
        "{\"name\":\"n\",\"expires\":4102444800000}    | expires",
        "{\"name\":\"n\",\"password\":\"x\"}           | password",
      })
  void refusesAFieldThatDoesNotFit_andNamesIt(String body, String field) {
    int before = door.get(KEYS + "?limit=1000").json().getJsonArray("api_keys").size();

    String sentence = make(body).problem(422, "invalid-field");

    assertTrue(sentence.startsWith(field + ":"), sentence);
    assertEquals(before, door.get(KEYS + "?limit=1000").json().getJsonArray("api_keys").size());
  }

  @Test
  void refusesWhatIsNotAnObjectOfJson() {
    make("[]").problem(422, "invalid-field");
    make("{\"name\":").problem(400, "malformed-request");
    make("{\"name\":\"a\",\"name\":\"b\"}").problem(400, "malformed-request");
    make("{\"name\":\"" + "x".repeat(70_000) + "\"}").problem(413, "too-large");
    Door.Answer text =
        door.send(
            HttpRequest.newBuilder(door.at(KEYS))
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"n\"}")));
    text.problem(415, "unsupported-content-type");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nosuchidaaaa", "x", "a%0d%0ab", "'%20OR%201=1", "..%2f.."})
  void answers404_forAKeyThatThereIsNot(String id) {
    for (String way : List.of("GET ", "DELETE ", "POST /rotate")) {
      String[] words = way.split(" ", -1);
      Door.Answer answer = Credentials.send(door, words[0], KEYS + "/" + id + words[1], null);
      assertTrue(
          answer.status() == 404 || (answer.status() == 400 && id.contains("%")),
          way + id + " " + answer.status());
      assertFalse(answer.body().contains("\r") || answer.body().contains("\n"), answer.body());
    }
  }

  @Test
  void refusesRotationsThatDoNotFit() {
    MadeKey key = credentials.key("\"name\":\"turning\"");
    for (String body :
        List.of(
            "{\"overlap\":\"soon\"}",
            "{\"overlap\":\"-1s\"}",
            "{\"overlap\":\"9000h\"}",
            "{\"overlap\":null}")) {
      String sentence =
          Credentials.post(door, KEYS + "/" + key.id() + "/rotate", body)
              .problem(422, "invalid-field");
      assertTrue(sentence.startsWith("overlap:"), sentence);
    }
    assertEquals(200, credentials.statusOf(key.text()));
  }

  @Test
  void putsUsersIntoTenants_andTakesThemOut() {
    String red = "red-" + UUID.randomUUID();
    String blue = "blue-" + UUID.randomUUID();
    for (String name : List.of("maria", "otto", "a%20b")) {
      credentials.member(red, name);
    }
    credentials.member(blue, "otto");

    assertEquals(
        "{\"members\":[\"a b\",\"maria\"]}", door.get(TENANTS + "/" + red + "/members").body());
    assertEquals(
        "{\"members\":[\"maria\"]}",
        door.get(TENANTS + "/" + red + "/members?after=a%20b&limit=1").body());
    assertTrue(
        door.get(TENANTS).body().contains("{\"tenant\":\"" + red + "\",\"members\":2}"),
        door.get(TENANTS).body());
    String otto = TENANTS + "/" + red + "/members/otto";
    assertEquals(404, Credentials.send(door, "DELETE", otto, null).status());
    assertEquals(204, Credentials.send(door, "DELETE", otto.replace(red, blue), null).status());
    assertFalse(door.get(TENANTS).body().contains(blue));
    assertEquals(400, Credentials.send(door, "PUT", TENANTS + "/r%0Aed/members/x", null).status());
  }

  @Test
  void sellsATicket_toWhoeverPresentsSomething() {
    Door.Answer sold = Credentials.send(door, "POST", "api/v2/tickets", null);
    assertEquals(201, sold.status(), sold.body());
    assertEquals(30_000, sold.json().getInt("expires_in_ms"));
    assertTrue(sold.json().getString("ticket").matches("ht_[A-Za-z0-9_-]{43}"));

    String byTicket =
        door.as(null).get("api/v2/me?ticket=" + sold.json().getString("ticket")).body();
    assertEquals(door.get("api/v2/me").body(), byTicket);
    assertEquals(401, Credentials.send(door.as(null), "POST", "api/v2/tickets", null).status());
  }

  @Test
  void tellsEverybodyWhoTheyAre() {
    assertEquals(
        "{\"name\":\"tests\",\"roles\":[\"events-admin\",\"events-publish\",\"events-read-all\","
            + "\"events-read-own\"],\"tenant\":null,\"authenticated_by\":\"token\"}",
        door.get("api/v2/me").body());
    List<String> roles =
        door.as(TestCaller.token("m", "red", "root", "events-publish"))
            .get("api/v2/me")
            .json()
            .getJsonArray("roles")
            .getValuesAs(JsonString::getString);
    assertEquals(List.of("events-publish"), roles);
    assertEquals(401, door.as(null).get("api/v2/me").status());
  }

  @Test
  void letsNobodyKeepAnAnswer() {
    MadeKey key = credentials.key("\"name\":\"kept\"");
    for (Door.Answer answer :
        List.of(
            make("{\"name\":\"kept\"}"),
            door.get(KEYS),
            door.get(KEYS + "/" + key.id()),
            door.get(KEYS + "/nosuchidaaaa"),
            door.get(TENANTS),
            door.get("api/v2/me"),
            door.as(null).get("api/v2/me"),
            Credentials.send(door, "POST", "api/v2/tickets", null))) {
      assertTrue(answer.header("Cache-Control").contains("no-store"), answer.body());
    }
  }

  @Test
  void challengesForATokenAlways_andForAPasswordOnlyWhereOneWasSent() {
    String token = "Bearer realm=\"heliograph\"";
    assertEquals(token, challenge());
    assertEquals(
        token + ", error=\"invalid_token\"", challenge("Authorization", "Bearer nonsense"));
    assertEquals(token + ", error=\"invalid_token\"", challenge("X-API-Key", "hk_nonsense"));
    assertEquals(token + ", error=\"invalid_token\"", challenge("Authorization", "Digest x"));
    assertEquals(
        "Basic realm=\"heliograph\", charset=\"UTF-8\"",
        challenge("Authorization", Credentials.basic("nobody-here", "wrong")));
  }

  private String challenge(String... headers) {
    Door.Answer answer = Credentials.send(door.as(null), "GET", "api/v2/me", null, headers);
    answer.problem(401, "unauthorized");
    assertEquals(1, answer.response().headers().allValues("WWW-Authenticate").size());
    return answer.header("WWW-Authenticate");
  }
}
