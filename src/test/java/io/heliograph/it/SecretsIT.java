package io.heliograph.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.embedded.TestCaller;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteDataSource;

/** What a hub in a process of its own writes down of what is presented to it: nothing. */
class SecretsIT {
  private static final List<String> SAID = new CopyOnWriteArrayList<>();
  private static final String FORGED = "FORGED";

  private static TestHub hub;
  private static String password = "";
  private static String firstKey = "";

  private final List<String> bodies = new ArrayList<>();
  private final Set<String> secrets = new LinkedHashSet<>();

  @BeforeAll
  static void start() {
    hub =
        TestHub.startWithAdministrator(
            "secrets",
            Map.of(
                "streams", "full",
                "trusted-proxies", "127.0.0.1",
                "stream.full.limit.connections", "1",
                // Nobody listens there: a token of an issuer's key is answered 503.
                "jwt.jwks", "http://127.0.0.1:1/keys?client=secret-of-the-jwks-url"),
            SAID::add);
    List<String> made = hub.takeSecrets();
    password = made.get(0);
    firstKey = made.get(1);
  }

  @AfterAll
  static void stop() {
    hub.close();
  }

  /** Sends a whole request line, headers and body; keeps what is answered. */
  private int ask(String methodAndPath, String... more) {
    String[] words = methodAndPath.split(" ", 2);
    StringBuilder request =
        new StringBuilder(words[0] + " /" + words[1] + " HTTP/1.1\r\nHost: h\r\n");
    for (String line : more) {
      request.append(line).append("\r\n");
    }
    return raw(request + "Connection: close\r\n\r\n");
  }

  private int raw(String request) {
    try (RawExchange exchange = new RawExchange(hub.door().at(""))) {
      exchange.send(request);
      // A stream has no end; here it ends with its client.
      boolean isStream = request.contains("/streams/") && request.startsWith("GET");
      int status = isStream ? exchange.headStatus() : exchange.status();
      bodies.add(exchange.body());
      return status;
    } catch (IOException e) {
      bodies.add(String.valueOf(e.getMessage()));
      return 0;
    }
  }

  private String secret(String text) {
    secrets.add(text);
    return text;
  }

  /** Everywhere where something may be presented, at doors of every kind. */
  private void present(String header, String query) {
    List<String> doors =
        List.of(
            "GET api/v2/me",
            "GET api/v2/streams/events",
            "GET api/v2/streams/events/events?limit=1",
            "GET api/v2/streams/full",
            "GET api/v2/streams/nosuch",
            "GET api/v2/streams/events?since=soon",
            "GET api/v2/events/999999",
            "GET api/v2/admin/api-keys/nosuch",
            "GET api/nothing",
            "GET nothing",
            "GET index.html",
            "PUT api/v2/me",
            "POST api/v2/streams/events/events");
    for (String door : doors) {
      if (!header.isEmpty()) {
        ask(door, header, "Content-Length: 0");
      }
      if (!query.isEmpty()) {
        String address = door + (door.contains("?") ? "&" : "?") + query;
        ask(address, "Content-Length: 0");
        ask(address + "&x=%zz", "Content-Length: 0");
        ask(address, "Content-Length: 5", "Content-Type: application/json");
        raw(address + " HTTP/9.9\r\nHost: h\r\nConnection: close\r\n\r\n");
        ask(address + "&token=second", "Content-Length: 0");
      }
    }
  }

  private void presentKey(String key) {
    present("Authorization: Bearer " + secret(key), "token=" + key);
    present("X-API-Key: " + key, "");
  }

  private void presentToken(String token) {
    present("Authorization: Bearer " + secret(token), "token=" + token);
  }

  private void presentPassword(String given) {
    secret(given);
    String header = "Authorization: " + Credentials.basic("root", given);
    secret(Base64.getEncoder().encodeToString(("root:" + given).getBytes(UTF_8)));
    present(header, "");
    String body = Credentials.loginBody("root", given);
    for (String sent : List.of(body, body + "x", "[" + body, body.replace("\"name\"", "\"nam\""))) {
      raw(
          "POST /api/v2/login HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
              + ("Content-Type: application/json\r\nContent-Length: " + sent.length())
              + ("\r\n\r\n" + sent));
    }
  }

  private void presentEverything() throws IOException {
    Credentials credentials = new Credentials(hub.door());
    Credentials.MadeKey key = credentials.key("\"name\":\"shop\",\"roles\":[\"events-admin\"]");
    presentKey(key.text());
    presentKey(firstKey);
    presentKey(secret(credentials.rotate(key, "1h")));
    presentKey(key.text().substring(0, 50) + "wrongwrong");
    credentials.revoke(key);
    presentKey(key.text());

    presentToken(TestCaller.TOKEN);
    presentToken(TestCaller.TOKEN.substring(0, 40) + "x");
    String issuers =
        Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"RS256\"}".getBytes(UTF_8))
            + ".eyJzdWIiOiJtYXJpYSJ9.c2lnbmF0dXJlLW9mLXRoZS1pc3N1ZXI";
    assertEquals(503, ask("GET api/v2/me?token=" + issuers));
    presentToken(issuers);

    for (int i = 0; i < 3; i++) {
      String ticket = secret(Credentials.ticket(hub.door()));
      present("", "ticket=" + ticket);
      present("", "ticket=" + secret(ticket.replace("ht_", "ht_x")));
    }

    assertEquals(200, loginStatus());
    presentPassword(password);
    presentPassword("guess-of-a-password-" + "x".repeat(30));
    Door.Answer login =
        Credentials.post(
            credentials.nobody(), "api/v2/login", Credentials.loginBody("root", password));
    String cookie = secret(Credentials.cookie(login));
    assertEquals(43, cookie.length(), "no session came of " + login.status());
    present("Cookie: heliograph-session=" + cookie, "");
    credentials.logout(cookie);
    present("Cookie: heliograph-session=" + cookie, "");
    present("Cookie: heliograph-session=" + secret("c".repeat(20) + "o".repeat(23)), "");
  }

  private int loginStatus() {
    return Credentials.post(
            new Credentials(hub.door()).nobody(),
            "api/v2/login",
            Credentials.loginBody("root", password))
        .status();
  }

  @Test
  void writesDownNothingOfWhatIsPresented() throws Exception {
    presentEverything();
    // Not the DriverManager: the server of other tests takes away what is registered there.
    SQLiteDataSource database = new SQLiteDataSource();
    database.setUrl("jdbc:sqlite:" + hub.data().resolve("hub.db"));
    String ticket = secret(Credentials.ticket(hub.door()));
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      // Now whatever has to change the database fails.
      statement.execute("BEGIN EXCLUSIVE");
      assertEquals(401, ask("GET api/v2/me?ticket=" + secret("ht_" + "t".repeat(43))));
      assertEquals(503, ask("GET api/v2/me?ticket=" + ticket));
      assertEquals(503, loginStatus());
      ask("GET api/v2/me?token=" + secret("hk_aaaaaaaaaaaa_" + "k".repeat(43)));
      ask("GET api/v2/me", "Cookie: heliograph-session=" + secret("s".repeat(43)));
      statement.execute("ROLLBACK");
    }
    secret(TestCaller.SECRET);
    secret("secret-of-the-jwks-url");

    assertTrue(secrets.size() >= 18, secrets.size() + " secrets");
    String metrics = hub.door().get("api/v2/metrics").body() + hub.door().get("/metrics").body();
    assertNowhereIn("a metric", metrics);
    assertNowhereIn("what it said", String.join("\n", SAID));
    assertTrue(bodies.stream().anyMatch(body -> body.contains("\"status\":503")), "a failure");
    for (String body : bodies) {
      assertNowhereIn("an answer", body);
    }
    String log = text(hub.log());
    assertTrue(log.contains("opened:"), "it logs connections");
    try (Stream<Path> files = Files.walk(hub.data())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        // Theirs are the deployed classes, by the megabyte.
        if (!file.toString().matches(".*\\.(class|jar|war|js|html|css|svg)")) {
          assertNowhereIn(file.toString(), text(file));
        }
      }
    }
  }

  private static String text(Path file) throws IOException {
    return Files.exists(file) ? new String(Files.readAllBytes(file), ISO_8859_1) : "";
  }

  /** Nor a part of one that would be enough for a good guess. */
  private void assertNowhereIn(String where, String text) {
    for (String secret : secrets) {
      String part = secret.substring(0, Math.min(24, secret.length()));
      boolean isTold =
          text.contains(secret) || (secret.length() > 43 && text.contains(tail(secret)));
      assertFalse(
          isTold || (!secret.startsWith("eyJ") && text.contains(part)),
          () -> where + " has " + part + ": " + around(text, part, secret));
    }
  }

  /** Of a token the signature, of a key the end of its secret. */
  private static String tail(String secret) {
    return secret.substring(secret.length() - 20);
  }

  private static String around(String text, String part, String secret) {
    int at = Math.max(text.indexOf(part), text.indexOf(tail(secret)));
    return text.substring(Math.max(0, at - 200), Math.min(text.length(), at + 100));
  }

  /** A line of the log is the hub's own, whatever line ends a client sends. */
  @Test
  void letsNobodyForgeALineOfTheLog() throws IOException {
    List<String> ends = List.of("\n", "\r", "\r\n", "\u000b", "\f", "\u0085", "\u2028", "\u2029");
    for (String end : ends) {
      String text = "x" + end + FORGED + " INFO io.heliograph: connection";
      String encoded = URLEncoder.encode(text, UTF_8);
      String caller = TestCaller.HEADER.strip();
      ask("GET api/v2/streams/events/" + encoded.replace("+", "%20"), caller);
      ask("GET api/v2/streams/" + encoded.replace("+", "%20"), caller);
      ask("GET api/v2/streams/events?session=" + encoded + "&type=" + encoded, caller);
      ask("GET api/v2/streams/events?since=" + encoded + "&lastEventId=" + encoded, caller);
      ask("GET api/v2/streams/events?ticket=" + encoded);
      ask("GET api/v2/streams/events?token=" + encoded);
      ask("GET api/v2/streams/events", caller, "User-Agent: " + text);
      ask("GET api/v2/streams/events", caller, "Last-Event-ID: " + text);
      ask("GET api/v2/streams/events", "X-User-ID: " + text);
      ask("GET api/v2/streams/events", caller, "X-Forwarded-For: " + text);
      ask("GET api/v2/streams/events", "X-API-Key: hk_" + text);
      ask("GET api/v2/streams/events", "Authorization: " + text);
      ask("GET api/v2/streams/events", "Authorization: " + Credentials.basic(text, text));
      ask(
          "GET api/v2/streams/events",
          "Authorization: Bearer " + TestCaller.token(text, text, "events-read-all"));
      ask("GET api/v2/admin/api-keys/" + encoded.replace("+", "%20"), caller);
      ask("GET nothing/" + encoded.replace("+", "%20"), caller);
    }

    List<String> forged =
        Stream.of(text(hub.log()), String.join("\n", SAID))
            .map(log -> new String(log.getBytes(ISO_8859_1), UTF_8))
            .flatMap(log -> Stream.of(log.split("[\r\n\u000b\f\u0085]", -1)))
            .filter(line -> line.strip().startsWith(FORGED))
            .toList();
    assertEquals(List.of(), forged);
  }
}
