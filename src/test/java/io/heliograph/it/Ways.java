package io.heliograph.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.deployed.RealmUsers;
import io.heliograph.embedded.TestCaller;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Credentials of every kind in every state, made the way that their owners come by them. */
final class Ways {
  private static final String PASSWORD = "correct-horse";

  /** How a caller says who it is. */
  enum Way {
    BASIC,
    SESSION,
    KEY,
    KEY_HEADER,
    KEY_QUERY,
    TOKEN,
    TOKEN_QUERY,
    TICKET,
    PROXY
  }

  /** What is the matter with it, in the order of the table's columns. */
  enum State {
    RIGHT,
    MISSING,
    WRONG,
    EXPIRED,
    REVOKED,
    WRONG_ROLE,
    WRONG_TENANT
  }

  /** Each comes from another network, so that wrong passwords are answered and not throttled. */
  private static final AtomicInteger ATTEMPTS = new AtomicInteger();

  private final URI hub;
  private final Door admin;
  private final List<String> users;
  private final Map<String, String> made = new HashMap<>();

  /**
   * @param users where users of the realm are noted, to be removed
   */
  Ways(URL hub, Door admin, List<String> users) {
    try {
      this.hub = hub.toURI();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
    this.admin = admin;
    this.users = users;
  }

  /** One credential, ready to go with one request. */
  final class Sent {
    private final String headers;
    private final String query;
    private final String socket;
    private final boolean isValid;

    private Sent(String headers, String query, String socket, boolean isValid) {
      this.headers = headers;
      this.query = query;
      this.socket = socket;
      this.isValid = isValid;
    }

    boolean isValid() {
      return isValid;
    }

    /** What the hub answers to {@code methodAndPath} with {@code body}. */
    int status(String methodAndPath, String body) throws IOException {
      try (RawExchange exchange = exchange(methodAndPath, body)) {
        return exchange.headStatus();
      }
    }

    String body(String methodAndPath) throws IOException {
      try (RawExchange exchange = exchange(methodAndPath, "")) {
        exchange.status();
        return exchange.body();
      }
    }

    private RawExchange exchange(String methodAndPath, String body) throws IOException {
      String[] words = methodAndPath.split(" ", 2);
      byte[] bytes = body.getBytes(UTF_8);
      return new RawExchange(hub, socket)
          .send(
              words[0]
                  + " "
                  + hub.getPath()
                  + words[1]
                  + query
                  + " HTTP/1.1\r\nHost: h\r\n"
                  + ("X-Forwarded-For: 2001:db8:" + ATTEMPTS.incrementAndGet() + "::1\r\n")
                  + (headers + "Content-Type: application/json\r\nContent-Length: ")
                  + (bytes.length + "\r\n\r\n" + body));
    }
  }

  /** A credential of a caller with {@code role}; null where the way has no such state. */
  @Nullable Sent send(Way way, State state, String role) {
    return switch (state) {
      case MISSING -> new Sent("", "", "127.0.0.1", false);
      case WRONG_ROLE -> way == Way.PROXY ? null : valid(way, other(role), "red");
      case WRONG_TENANT -> valid(way, role, "blue");
      case RIGHT -> valid(way, role, "red");
      case WRONG -> wrong(way, role);
      case EXPIRED -> expired(way, role);
      case REVOKED -> revoked(way, role);
    };
  }

  private static String other(String role) {
    return role.equals("events-publish") ? "events-read-own" : "events-publish";
  }

  private Sent valid(Way way, String role, String tenant) {
    return switch (way) {
      case BASIC -> basic(user(role, tenant), PASSWORD, true);
      case SESSION -> session(login(user(role, tenant)), true);
      case KEY, KEY_HEADER, KEY_QUERY ->
          key(way, made.computeIfAbsent(role + tenant, x -> makeKey(role, tenant, null)[1]), true);
      case TOKEN, TOKEN_QUERY -> token(way, TestCaller.token("maria", tenant, role), true);
      case TICKET -> ticket(buy(TestCaller.token("maria", tenant, role)), true);
      case PROXY -> proxy(tenant, "127.0.0.1");
    };
  }

  private Sent wrong(Way way, String role) {
    return switch (way) {
      case BASIC -> basic(user(role, "red"), "wrong", false);
      case SESSION -> session("x".repeat(43), false);
      case KEY, KEY_HEADER, KEY_QUERY -> {
        String right = makeKey(role, "red", null)[1];
        yield key(way, right.substring(0, right.length() - 4) + "AAAA", false);
      }
      case TOKEN, TOKEN_QUERY -> {
        String right = TestCaller.token("maria", "red", role);
        yield token(way, right.substring(0, right.length() - 4) + "AAAA", false);
      }
      case TICKET -> ticket("ht_" + "x".repeat(43), false);
      case PROXY -> proxy("red", "127.0.0.2");
    };
  }

  private @Nullable Sent expired(Way way, String role) {
    Instant past = Instant.now().minus(Duration.ofMinutes(1));
    return switch (way) {
      case KEY, KEY_HEADER, KEY_QUERY -> key(way, expiredKey(role), false);
      case TOKEN, TOKEN_QUERY -> token(way, TestCaller.token("maria", "red", past, role), false);
      default -> null;
    };
  }

  private @Nullable Sent revoked(Way way, String role) {
    return switch (way) {
      case BASIC -> {
        String name = user(role, "red") + "-gone";
        RealmUsers.make(name, PASSWORD, role);
        RealmUsers.remove(name);
        yield basic(name, PASSWORD, false);
      }
      case SESSION -> {
        String cookie = login(user(role, "red"));
        assertEquals(
            204,
            admin
                .as(null)
                .send(
                    HttpRequest.newBuilder(admin.at("api/v2/logout"))
                        .header("Cookie", "heliograph-session=" + cookie)
                        .header("Sec-Fetch-Site", "same-origin")
                        .POST(HttpRequest.BodyPublishers.noBody()))
                .status());
        yield session(cookie, false);
      }
      case KEY, KEY_HEADER, KEY_QUERY -> {
        String[] key = makeKey(role, "red", null);
        HttpRequest.Builder revoke =
            HttpRequest.newBuilder(admin.at("api/v2/admin/api-keys/" + key[0])).DELETE();
        assertEquals(204, admin.send(revoke).status());
        yield key(way, key[1], false);
      }
      case TICKET -> {
        String ticket = buy(TestCaller.token("maria", "red", role));
        assertEquals(200, admin.as(null).get("api/v2/me?ticket=" + ticket).status());
        yield ticket(ticket, false);
      }
      default -> null;
    };
  }

  /** A user of the realm with that role, whom an administrator has put into the tenant. */
  private String user(String role, String tenant) {
    return made.computeIfAbsent(
        "user " + role + tenant,
        x -> {
          String name = "u" + UUID.randomUUID();
          RealmUsers.make(name, PASSWORD, role);
          users.add(name);
          putInto(tenant, name);
          return name;
        });
  }

  private void putInto(String tenant, String name) {
    HttpRequest.Builder put =
        HttpRequest.newBuilder(admin.at("api/v2/admin/tenants/" + tenant + "/members/" + name))
            .PUT(HttpRequest.BodyPublishers.noBody());
    assertEquals(204, admin.send(put).status());
  }

  private Sent basic(String name, String password, boolean isValid) {
    String pair = Base64.getEncoder().encodeToString((name + ":" + password).getBytes(UTF_8));
    return new Sent("Authorization: Basic " + pair + "\r\n", "", "127.0.0.1", isValid);
  }

  private String login(String name) {
    Door.Answer answer =
        admin
            .as(null)
            .send(
                HttpRequest.newBuilder(admin.at("api/v2/login"))
                    .header("Content-Type", "application/json")
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            "{\"name\":\"" + name + "\",\"password\":\"" + PASSWORD + "\"}")));
    assertEquals(200, answer.status(), answer.body());
    return answer.header("Set-Cookie").replaceAll("heliograph-session=([^;]*);.*", "$1");
  }

  private Sent session(String cookie, boolean isValid) {
    return new Sent(
        "Cookie: heliograph-session=" + cookie + "\r\nSec-Fetch-Site: same-origin\r\n",
        "",
        "127.0.0.1",
        isValid);
  }

  /** The id and the text of a new key. */
  private String[] makeKey(String role, String tenant, @Nullable Instant expires) {
    Door.Answer answer =
        admin.send(
            HttpRequest.newBuilder(admin.at("api/v2/admin/api-keys"))
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"name\":\"shop\",\"owner\":\"maria\",\"roles\":[\""
                            + (role + "\"],\"tenant\":\"" + tenant + "\"")
                            + (expires == null ? "" : ",\"expires\":\"" + expires + "\"")
                            + "}")));
    assertEquals(201, answer.status(), answer.body());
    return new String[] {answer.json().getString("id"), answer.json().getString("key")};
  }

  private String expiredKey(String role) {
    return made.computeIfAbsent(
        "expired " + role,
        x -> {
          String key = makeKey(role, "red", Instant.now().plus(Duration.ofSeconds(2)))[1];
          Waiting.until(
              "the key has expired",
              () -> admin.as(null).get("api/v2/me?token=" + key).status() == 401);
          return key;
        });
  }

  private Sent key(Way way, String key, boolean isValid) {
    return switch (way) {
      case KEY -> new Sent("Authorization: Bearer " + key + "\r\n", "", "127.0.0.1", isValid);
      case KEY_HEADER -> new Sent("X-API-Key: " + key + "\r\n", "", "127.0.0.1", isValid);
      default -> new Sent("", "?token=" + URLEncoder.encode(key, UTF_8), "127.0.0.1", isValid);
    };
  }

  private Sent token(Way way, String token, boolean isValid) {
    return way == Way.TOKEN
        ? new Sent("Authorization: Bearer " + token + "\r\n", "", "127.0.0.1", isValid)
        : new Sent("", "?token=" + token, "127.0.0.1", isValid);
  }

  private String buy(String token) {
    Door.Answer answer =
        admin
            .as(token)
            .send(
                HttpRequest.newBuilder(admin.at("api/v2/tickets"))
                    .POST(HttpRequest.BodyPublishers.noBody()));
    assertEquals(201, answer.status(), answer.body());
    return answer.json().getString("ticket");
  }

  private Sent ticket(String ticket, boolean isValid) {
    return new Sent("", "?ticket=" + ticket, "127.0.0.1", isValid);
  }

  private Sent proxy(String tenant, String socket) {
    String name = "p-" + tenant;
    putInto(tenant, name);
    return new Sent("X-User-ID: " + name + "\r\n", "", socket, socket.equals("127.0.0.1"));
  }
}
