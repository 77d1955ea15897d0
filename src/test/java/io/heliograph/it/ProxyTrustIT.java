package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.embedded.HubProcess;
import io.heliograph.embedded.TestCaller;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the hub believes of requests that come through the proxies, and what these write down. */
class ProxyTrustIT {
  private static final String CLIENT = "127.0.0.9";

  private static TestHub hub;
  private static Proxies proxies;

  private final List<RawExchange> open = new ArrayList<>();

  @BeforeAll
  static void start() {
    hub =
        TestHub.start(
            "proxied-trust",
            Map.of(
                "streams", "one",
                "trusted-proxies", "127.0.0.1",
                "stream.one.limit.per-address", "1",
                "stream.events.heartbeat.every", "1s",
                "stream.one.heartbeat.every", "1s"));
    proxies = new Proxies(hub.door().at("/"));
  }

  @AfterAll
  static void stop() {
    proxies.close();
    hub.close();
  }

  @AfterEach
  void close() throws IOException {
    for (RawExchange one : open) {
      one.close();
    }
    Waiting.until("all have gone", () -> hub.door().metric("connections_active") == 0);
  }

  private RawExchange get(URI server, String path, String... headers) throws IOException {
    RawExchange exchange = new RawExchange(server, CLIENT);
    open.add(exchange);
    StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: h\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    return exchange.send(request + "\r\n");
  }

  @ParameterizedTest
  @EnumSource
  void showsTheClientsAddress_whateverThatClaims(ProxyProgram program) throws IOException {
    URI proxy = proxies.of(program).address();
    String caller = TestCaller.HEADER.strip();
    String key = UUID.randomUUID().toString();
    String path = "/api/v2/streams/one/" + key;
    assertEquals(200, get(proxy, path, caller).headStatus());

    for (String[] claims :
        new String[][] {
          {},
          {"X-Forwarded-For: 203.0.113.1"},
          {"X-Forwarded-For: 127.0.0.1"},
          {"x-forwarded-for: 203.0.113.1", "X-Forwarded-For: 203.0.113.2, 127.0.0.1"},
          {"X-Forwarded-For: not an address"},
          {"X-Forwarded-For: "},
          {"X_Forwarded_For: 203.0.113.1"},
          {"Forwarded: for=203.0.113.1"},
          {"Forwarded: for=\"127.0.0.1\"", "X-Forwarded-For: 127.0.0.1"},
          {"Connection: X-Forwarded-For, keep-alive"},
          {"Connection: close, X-Forwarded-For, Forwarded", "Forwarded: for=203.0.113.1"},
          {"X-Real-IP: 203.0.113.1"},
        }) {
      List<String> headers = new ArrayList<>(List.of(claims));
      headers.add(caller);
      RawExchange refused = get(proxy, path, headers.toArray(new String[0]));
      assertEquals(429, refused.headStatus(), String.join("; ", claims));
      refused.status();
      assertTrue(refused.body().contains("from " + CLIENT + " "), refused.body());
    }
    String log = Files.readString(hub.data().resolve("server.log"));
    String opened = " opened: tests at " + CLIENT + " reads stream 'one' key '" + key + "'";
    assertTrue(log.contains(opened), "the hub's log has the address");
  }

  @ParameterizedTest
  @EnumSource
  void letsNobodyInByAName(ProxyProgram program) throws IOException {
    String path = "/api/v2/streams/events";
    // The hub would believe it of its proxy.
    RawExchange direct = new RawExchange(hub.door().at("/"));
    open.add(direct);
    direct.send("GET " + path + " HTTP/1.1\r\nHost: h\r\nX-User-ID: maria\r\n\r\n");
    assertEquals(200, direct.headStatus());

    for (String[] headers :
        new String[][] {
          {"X-User-ID: maria"},
          {"x-user-id: maria"},
          {"X-User-ID: maria", "X-USER-ID: root"},
          {"X_User_ID: maria"},
          {"X-User-ID: maria", "Connection: X-User-ID"},
          {"X-User-ID:"},
        }) {
      RawExchange refused = get(proxies.of(program).address(), path, headers);
      assertEquals(401, refused.headStatus(), String.join("; ", headers));
    }
  }

  @ParameterizedTest
  @EnumSource
  void writesNoTokenAndNoTicketDown(ProxyProgram program) throws IOException {
    FrontProxy proxy = proxies.of(program);
    HttpRequest.Builder buy =
        HttpRequest.newBuilder(proxy.door().at("api/v2/tickets"))
            .POST(HttpRequest.BodyPublishers.noBody());
    String ticket = proxy.door().send(buy).json().getString("ticket");
    String token = TestCaller.token("written", null, "events-read-all");
    String key = UUID.randomUUID().toString();
    String path = "/api/v2/streams/events/" + key;

    RawExchange byTicket = get(proxy.address(), path + "?ticket=" + ticket);
    assertEquals(200, byTicket.headStatus());
    byTicket.close();
    String referer = "Referer: http://h/page?ticket=" + ticket + "&token=" + token;
    RawExchange byToken = get(proxy.address(), path + "?token=" + token, referer);
    assertEquals(200, byToken.headStatus());
    byToken.cut();
    RawExchange used = get(proxy.address(), path + "?ticket=" + ticket, referer);
    assertEquals(401, used.headStatus());
    // Nothing that HTTP allows, and what proxies complain of with the whole of it.
    for (String wrong :
        List.of(
            "GET " + path + "?token=" + token + " HTTP/1.1\r\nHost: h\r\nno header\r\n\r\n",
            "GET " + path + "?token=" + token + " HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n",
            "GET " + path + "?token=" + token + " HTTP/1.1\r\n\r\n",
            "GET " + path + "?token=" + token + " nonsense\r\n\r\n",
            "GET " + path + "?token=" + token + "&" + "x".repeat(70_000) + " HTTP/1.1\r\n\r\n")) {
      RawExchange exchange = new RawExchange(proxy.address(), CLIENT);
      open.add(exchange);
      try {
        exchange.send(wrong).headStatus();
      } catch (IOException e) {
        // It closes on what it does not like.
      }
    }

    Waiting.until("it has a line", () -> proxy.logs().split(key, -1).length > 3);
    assertUnwritten(proxy, ticket, token);
  }

  /** The hub does not answer: proxies put such a request into their error log, all of it. */
  @ParameterizedTest
  @EnumSource
  void writesNoTokenDown_whereNoHubAnswers(ProxyProgram program) throws IOException {
    FrontProxy.assumeInstalled(program);
    String token = TestCaller.token("unanswered", null, "events-read-all");
    URI nobody = URI.create("http://127.0.0.1:" + HubProcess.freePort() + "/");
    try (FrontProxy proxy = FrontProxy.start(program, nobody)) {
      String path = "/api/v2/streams/events";
      RawExchange exchange =
          get(proxy.address(), path + "?token=" + token, "Referer: http://h/?token=" + token);
      int status = exchange.status();
      assertTrue(status == 502 || status == 503, "status " + status);
      Waiting.until("it has a line", () -> proxy.logs().contains(path));
      assertUnwritten(proxy, token);
    }
  }

  private static void assertUnwritten(FrontProxy proxy, String... secrets) {
    String logs = proxy.logs();
    for (String secret : secrets) {
      assertFalse(logs.contains(secret), logs);
      assertFalse(logs.contains(secret.substring(0, 30)), logs);
    }
  }
}
