package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import io.heliograph.deployed.RealmUsers;
import io.heliograph.server.Jvm;
import io.heliograph.server.TestServer;
import java.io.IOException;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The login door under guesses, and under what is no login at all. */
class GuessingIT extends DeployedClients {
  private static final String USER = "guessed";

  private Credentials credentials;

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with("heliograph.trusted-proxies=127.0.0.0/8");
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

  private RawExchange connection() throws IOException {
    try {
      return new RawExchange(hub.toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** Sends so many on one connection and counts the answers by status. */
  private Map<Integer, Integer> guess(int count, String address, boolean isBasic)
      throws IOException {
    Map<Integer, Integer> statuses = new TreeMap<>();
    RawExchange exchange = connection();
    try {
      for (int i = 0; i < count; i++) {
        // A third each: one name, a few, and a new one each time.
        String name = i % 3 == 0 ? USER : i % 3 == 1 ? "name" + i % 7 : "name" + i;
        String body = Credentials.loginBody(name, "guess-" + i);
        exchange.send(
            isBasic
                ? "GET "
                    + (hub.getPath() + "api/v2/me HTTP/1.1\r\nHost: h\r\n")
                    + ("X-Forwarded-For: " + address + "\r\n")
                    + ("Authorization: " + Credentials.basic(name, "guess-" + i) + "\r\n\r\n")
                : "POST "
                    + (hub.getPath() + "api/v2/login HTTP/1.1\r\nHost: h\r\n")
                    + ("X-Forwarded-For: " + address + "\r\nContent-Type: application/json\r\n")
                    + ("Content-Length: " + body.length() + "\r\n\r\n" + body));
        int status = exchange.status();
        statuses.merge(status, 1, Integer::sum);
        if (status == 429) {
          assertTrue(Integer.parseInt("" + exchange.response().header("Retry-After")) >= 1);
        }
        if ("close".equalsIgnoreCase(exchange.response().header("Connection"))) {
          exchange.close();
          exchange = connection();
        } else {
          exchange.next();
        }
      }
    } finally {
      exchange.close();
    }
    return statuses;
  }

  @Test
  void asksTheRealmForAFewOfTenThousandGuesses_andNobodyElseNotices() throws IOException {
    String attacked = "198.51.100.1";
    guess(100, attacked, false);
    Jvm server = TestServer.ofThisBuild().sharedJvm();
    long before = server.liveBytes();
    int threads = server.threads().size();
    long begun = System.nanoTime();

    Map<Integer, Integer> statuses = guess(7_000, attacked, false);
    String elsewhere = credentials.session(USER, "X-Forwarded-For", "198.51.100.2");
    Map<Integer, Integer> basic = guess(3_000, attacked, true);

    // A try each 2 s is given back to a network; the 30 it began with are used up.
    long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
    int asked = statuses.getOrDefault(401, 0) + basic.getOrDefault(401, 0);
    assertTrue(asked <= seconds / 2 + 2, asked + " were looked at in " + seconds + " s");
    int refused = statuses.getOrDefault(429, 0) + basic.getOrDefault(429, 0);
    assertEquals(10_000, asked + refused, statuses + " and " + basic);
    assertEquals(200, credentials.statusOfSession(elsewhere));
    long bytes = server.liveBytes() - before;
    assertTrue(bytes < 32 << 20, bytes + " bytes more");
    int more = server.threads().size() - threads;
    assertTrue(more < 50, more + " threads more");
  }

  @Test
  void letsTheOwnerInFromTheAttackedAddress_whenTheTimeHasCome() throws IOException {
    String attacked = "198.51.100.3";
    RealmUsers.make("spared", Credentials.PASSWORD, "events-read-all");
    try {
      guess(200, attacked, false);

      Door.Answer answer = credentials.login("spared", "X-Forwarded-For", attacked);
      int tries = 0;
      while (answer.status() == 429 && tries++ < 10) {
        Duration after = Duration.ofSeconds(Long.parseLong(answer.header("Retry-After")));
        assertTrue(after.compareTo(Duration.ofSeconds(10)) < 0, "in " + after);
        long end = System.nanoTime() + after.toNanos();
        Waiting.until("the time has come", () -> System.nanoTime() - end > 0);
        answer = credentials.login("spared", "X-Forwarded-For", attacked);
      }
      assertEquals(200, answer.status(), answer.body());
    } finally {
      RealmUsers.remove("spared");
    }
  }

  @Test
  void holdsNobodyBack_whoKnowsThePassword() {
    for (int i = 0; i < 60; i++) {
      credentials.session(USER, "X-Forwarded-For", "198.51.100.4");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "7",
        "hello",
        "{}",
        "{\"name\":\"guessed\"}",
        "{\"password\":\"correct-horse-battery\"}",
        "{\"name\":\"guessed\",\"password\":null}",
        "{\"name\":[\"guessed\"],\"password\":\"correct-horse-battery\"}",
        "{\"name\":\"guessed\",\"password\":{\"$ne\":\"\"}}",
        "{\"name\":\"guessed\",\"password\":\"correct-horse-battery\",\"admin\":true}",
        "{\"name\":\"x\",\"name\":\"guessed\",\"password\":\"correct-horse-battery\"}",
        "{\"name\":\"guessed\",\"password\":\"x\",\"password\":\"correct-horse-battery\"}",
        "{\"name\":\"guessed\",\"password\":\"correct-horse-battery\"",
        "{\"name\":\"guessed\",\"password\":\"\"}",
        "{\"name\":\"guessed\\u0000\",\"password\":\"correct-horse-battery\"}",
        "{\"name\":\"gue\\r\\nssed\",\"password\":\"correct-horse-battery\"}",
        "name=guessed&password=correct-horse-battery",
      })
  void takesNothingForALogin_thatIsNone(String body) {
    Door.Answer answer = Credentials.post(credentials.nobody(), "api/v2/login", body);

    answer.problem(401, "unauthorized");
    assertEquals("", answer.header("Set-Cookie"));
    assertTrue(!answer.body().contains(Credentials.PASSWORD), answer.body());
  }

  @Test
  void refusesALoginThatIsHuge_orOfAnotherType_orWithoutALength() throws IOException {
    List<String> requests = new ArrayList<>();
    String head = "POST " + hub.getPath() + "api/v2/login HTTP/1.1\r\nHost: h\r\n";
    String body = Credentials.loginBody(USER, Credentials.PASSWORD);
    String huge = body.replace("{", "{" + " ".repeat(9_000));
    String json = "Content-Type: application/json\r\n";
    requests.add(head + json + "Content-Length: 1000000000\r\n\r\n" + body);
    requests.add(head + json + "Content-Length: " + huge.length() + "\r\n\r\n" + huge);
    requests.add(
        head + "Content-Type: text/plain\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    requests.add(head + "Content-Length: " + body.length() + "\r\n\r\n" + body);
    requests.add(
        head
            + (json + "Transfer-Encoding: chunked\r\n\r\n")
            + (Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n"));
    for (String request : requests) {
      try (RawExchange exchange = connection().send(request)) {
        assertEquals(401, exchange.status(), request);
        assertEquals(null, exchange.response().header("Set-Cookie"));
      }
    }
    credentials.session(USER);
  }
}
