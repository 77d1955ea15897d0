package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bad input over HTTP: each a problem that says what was seen, nothing stored, and the hub goes on.
 *
 * <p>That nothing was stored is seen by the next id: the log numbers without holes.
 */
@ExtendWith(ArquillianExtension.class)
class AbuseIT {
  private static final String NDJSON = "application/x-ndjson";
  private static final String CLOUD_EVENT = "application/cloudevents+json";
  private static final String PROBLEM = "application/problem+json";
  private static final String GOOD = "{\"type\":\"t\",\"data\":1}";

  @ArquillianResource private URL hub;
  private URI base;
  private Door door;
  private long before;

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with();
  }

  @BeforeEach
  void publishBefore() throws URISyntaxException {
    base = hub.toURI();
    door = new Door(base);
    before = door.publish("events", "t", "\"before\"");
  }

  @AfterEach
  void nothingWasStored_andTheHubGoesOn() {
    assertEquals(before + 1, door.publish("events", "t", "\"after\""), "something was stored");
  }

  static Stream<Arguments> bodies() {
    return Stream.of(
        bad(400, "malformed-request", Door.JSON, "", "empty"),
        bad(400, "malformed-request", Door.JSON, "hello", "hello"),
        bad(400, "malformed-request", Door.JSON, "{\"type\":\"t\",\"data\":1", "unfinished"),
        bad(400, "malformed-request", Door.JSON, "{'type':'t','data':1}", "line 1"),
        bad(400, "malformed-request", Door.JSON, GOOD + GOOD, "follows"),
        bad(400, "malformed-request", Door.JSON, "[" + GOOD + ",]", "JSON"),
        bad(400, "malformed-request", Door.JSON, "{\"type\":\"t\",\"data\":NaN}", "NaN"),
        bad(
            400,
            "malformed-request",
            Door.JSON,
            "{\"type\":\"t\",\"type\":\"u\",\"data\":1}",
            "type"),
        bad(400, "malformed-request", Door.JSON, "{\"type\":\"a\u0001b\",\"data\":1}", "code 1"),
        bad(400, "malformed-request", Door.JSON, nested(200_000), "100"),
        bad(400, "malformed-request", Door.JSON, nested(101), "100"),
        bad(400, "malformed-request", NDJSON, GOOD + "\n{\"type\":\n" + GOOD, "line 2"),
        bad(422, "invalid-field", Door.JSON, "[" + GOOD + "," + typed("") + "]", "event 1"),
        bad(422, "invalid-field", Door.JSON, "null", "null"),
        bad(422, "invalid-field", Door.JSON, "\"t\"", "a string"),
        bad(422, "invalid-field", Door.JSON, "[1]", "a number"),
        bad(422, "invalid-field", Door.JSON, "[]", "no event"),
        bad(422, "invalid-field", NDJSON, "\n\n", "no event"),
        bad(422, "invalid-field", Door.JSON, "{\"data\":1}", "type"),
        bad(422, "invalid-field", Door.JSON, "{\"type\":\"t\"}", "data"),
        bad(422, "invalid-field", Door.JSON, "{\"type\":7,\"data\":1}", "a number"),
        bad(422, "invalid-field", Door.JSON, field("keys", "\"k\""), "a string"),
        bad(422, "invalid-field", Door.JSON, field("keys", "[1]"), "keys"),
        bad(422, "invalid-field", Door.JSON, field("keys", keys(1001)), "1000"),
        bad(422, "invalid-field", Door.JSON, field("keys", "[\"\"]"), "0 characters"),
        bad(422, "invalid-field", Door.JSON, field("keys", "[\"a\\nb\"]"), "U+000A"),
        bad(422, "invalid-field", Door.JSON, field("retain", "\"yes\""), "a string"),
        bad(422, "invalid-field", Door.JSON, field("tenant", "{}"), "an object"),
        bad(422, "invalid-field", Door.JSON, field("priority", "1"), "priority"),
        bad(422, "invalid-field", Door.JSON, typed("a\\rb"), "U+000D"),
        bad(422, "invalid-field", Door.JSON, typed("a\\nb"), "U+000A"),
        bad(422, "invalid-field", Door.JSON, typed("a\\u0000b"), "U+0000"),
        bad(422, "invalid-field", Door.JSON, typed("a\\ud800b"), "surrogate"),
        bad(422, "invalid-field", Door.JSON, typed("x".repeat(129)), "129"),
        bad(422, "invalid-field", Door.JSON, typed("bye"), "bye"),
        bad(422, "invalid-field", CLOUD_EVENT, "{\"specversion\":\"0.3\"}", "0.3"),
        bad(422, "invalid-field", CLOUD_EVENT, "{\"specversion\":\"1.0\",\"id\":\"1\"}", "source"),
        bad(413, "too-large", Door.JSON, sized(256 * 1024 + 1), "262145"),
        bad(413, "too-large", Door.JSON, batch(1001), "1000"),
        bad(413, "too-large", NDJSON, (GOOD + "\n").repeat(1001), "1000"),
        bad(415, "unsupported-content-type", "text/html", GOOD, "text/html"),
        bad(415, "unsupported-content-type", "application/xml", "<e/>", "application/xml"),
        bad(415, "unsupported-content-type", Door.JSON + ";charset=utf-16", GOOD, "utf-16"),
        bad(
            415,
            "unsupported-content-type",
            "application/x-www-form-urlencoded",
            "type=t",
            "form"));
  }

  private static Arguments bad(
      int status, String problem, String contentType, String body, String said) {
    return Arguments.of(status, problem, contentType, body, said);
  }

  private static String nested(int levels) {
    return "{\"type\":\"t\",\"data\":" + "[".repeat(levels) + "]".repeat(levels) + "}";
  }

  private static String typed(String type) {
    return "{\"type\":\"" + type + "\",\"data\":1}";
  }

  private static String field(String name, String value) {
    return "{\"type\":\"t\",\"data\":1,\"" + name + "\":" + value + "}";
  }

  private static String keys(int count) {
    return "[" + "\"k\",".repeat(count - 1) + "\"k\"]";
  }

  private static String sized(int bytes) {
    return "{\"type\":\"t\",\"data\":\"" + "x".repeat(bytes - 2) + "\"}";
  }

  private static String batch(int events) {
    return "[" + (GOOD + ",").repeat(events - 1) + GOOD + "]";
  }

  @ParameterizedTest(name = "{index} {0} {1}")
  @MethodSource("bodies")
  void refusesABodyThatDoesNotFit(
      int status, String problem, String contentType, String body, String said) {
    String sentence = door.post("events", contentType, body).problem(status, problem);
    assertTrue(sentence.contains(said), sentence);
  }

  @Test
  void refusesABatchOverTheRequestsLimit() throws IOException {
    String event = sized(256 * 1024);
    String body = "[" + (event + ",").repeat(32) + event + "]";
    try (RawExchange exchange = new RawExchange(base)) {
      exchange.send(head(Door.JSON, body.length()));
      assertEquals(413, exchange.status());
      assertTrue(exchange.body().contains("8388608"), exchange.body());
    }
    try (RawExchange exchange = new RawExchange(base)) {
      exchange.send(post("events", Door.JSON) + "Transfer-Encoding: chunked\r\n\r\n");
      try {
        for (int i = 0; i <= 32; i++) {
          exchange.send(Integer.toHexString(event.length() + 1) + "\r\n" + "[" + event + "\r\n");
        }
        assertEquals(413, exchange.status());
      } catch (IOException e) {
        // The hub may close without taking the rest; then the answer can be lost with it (RFC 9112,
        // 9.6).
        assertTrue(
            String.valueOf(e.getMessage()).matches("Broken pipe|Connection reset.*"), "" + e);
      }
    }
  }

  @Test
  void refusesWhatIsNotUtf8() throws IOException {
    byte[] body = {'{', '"', 't', 'y', 'p', 'e', '"', ':', '"', (byte) 0xC0, (byte) 0xAF, '"', '}'};
    try (RawExchange exchange = new RawExchange(base)) {
      exchange.send(head(Door.JSON, body.length)).send(body);
      assertEquals(400, exchange.status());
      assertTrue(exchange.body().contains("not UTF-8 at byte 9"), exchange.body());
    }
  }

  @Test
  void refusesABodyThatIsCutOff() throws IOException {
    long refused = door.metric("requests_refused_total");
    String body = "[" + GOOD + "," + GOOD + "]";
    try (RawExchange exchange = new RawExchange(base)) {
      exchange.send(head(Door.JSON, body.length())).send(body.substring(0, 30)).endSending();
      assertClosedOrRefused(exchange);
    }
    try (RawExchange exchange = new RawExchange(base)) {
      exchange.send(head(NDJSON, 1000)).send(GOOD + "\n");
    }
    try (RawExchange exchange = new RawExchange(base)) {
      exchange.send(post("events", NDJSON) + "Transfer-Encoding: chunked\r\n\r\n");
      exchange.send(Integer.toHexString(GOOD.length() + 1) + "\r\n" + GOOD + "\n\r\n").endSending();
      assertClosedOrRefused(exchange);
    }
    // The last is WildFly's own to end: it looks at chunks itself.
    Waiting.until(
        "the hub has refused them", () -> door.metric("requests_refused_total") >= refused + 2);
  }

  /** Payara closes when the sender has ended its side, and the hub's answer may come too late. */
  private static void assertClosedOrRefused(RawExchange exchange) throws IOException {
    int status = exchange.status();
    assertTrue(status == 400 || status == 0, "status " + status);
  }

  @Test
  void givesUpOnASenderThatIsTooSlow_andOthersDoNotNotice() throws IOException {
    try (RawExchange slow = new RawExchange(base)) {
      slow.send(head(Door.JSON, GOOD.length())).send(GOOD.substring(0, 5));
      before = door.publish("events", "t", "\"meanwhile\"");
      int status = slow.status();
      // WildFly closes the connection.
      if (status != 0) {
        assertEquals(408, status);
        assertTrue(slow.body().contains("in smaller batches"), slow.body());
        assertEquals(PROBLEM, slow.response().header("Content-Type"));
      }
    }
  }

  @Test
  void refusesAnUnknownStream_beforeTheBodyIsRead() throws IOException {
    assertTrue(
        door.post("nosuch", Door.JSON, GOOD).problem(404, "unknown-stream").contains("nosuch"));
    try (RawExchange exchange = new RawExchange(base)) {
      exchange.send(post("nosuch", Door.JSON) + "Content-Length: 1000000\r\n\r\n");
      assertEquals(404, exchange.status());
    }
  }

  /** What is left of a body is not taken for the next request. */
  @Test
  void keepsTheConnection_whereItRefusesWithoutReadingTheBody() throws IOException {
    String late = "GET / HTTP/1.1\r\n\r\n".repeat(10_000);
    for (String head : new String[] {post("nosuch", Door.JSON), post("events", "text/html")}) {
      for (String body : new String[] {GOOD, late}) {
        try (RawExchange exchange = new RawExchange(base)) {
          exchange.send(head + "Content-Length: " + body.length() + "\r\n\r\n");
          int status = exchange.status();
          assertTrue(status == 404 || status == 415, exchange.body());
          assertEquals(PROBLEM, exchange.response().header("Content-Type"));
          exchange.next();
          exchange.send(body);
          exchange.send(
              "GET "
                  + base.getPath()
                  + "api/v2/streams HTTP/1.1\r\n"
                  + RawExchange.CALLER
                  + "\r\n");
          assertEquals(200, exchange.status(), head);
          assertTrue(exchange.body().startsWith("{\"streams\""), exchange.body());
        }
      }
    }
  }

  @Test
  void countsEveryRefusalOfEveryDoorOnce() {
    long refused = door.metric("requests_refused_total");
    door.get("api/v2/streams/nosuch").problem(404, "unknown-stream");
    door.get("api/v2/streams/events?since=soon").problem(400, "invalid-parameter");
    door.get("api/v2/streams/nosuch/events").problem(404, "unknown-stream");
    door.get("api/v2/streams/events/events?limit=0").problem(400, "invalid-parameter");
    assertEquals(404, door.get("api/v2/events/1").status());
    door.post("nosuch", Door.JSON, GOOD).problem(404, "unknown-stream");
    door.post("events", Door.JSON, "{").problem(400, "malformed-request");
    door.post("events", Door.JSON, "{}").problem(422, "invalid-field");
    door.post("events", Door.JSON, batch(1001)).problem(413, "too-large");
    door.post("events", "text/html", GOOD).problem(415, "unsupported-content-type");

    assertEquals(refused + 10, door.metric("requests_refused_total"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nothing", "problem", "api", "api/nothing", "a%20b"})
  void answersWithAProblem_whereNothingIs(String path) {
    Door.Answer answer = door.get(path);
    assertEquals(404, answer.status(), answer.body());
    assertEquals(PROBLEM, answer.header("Content-Type").split(";", -1)[0], answer.body());
    assertEquals(404, answer.json().getInt("status"));
    assertTrue(answer.json().getString("error").length() > 10, answer.body());
  }

  /** In whose words is the server's to say: WildFly looks at it before any application does. */
  @Test
  void showsNothingOfItself() {
    Door.Answer answer = door.get("WEB-INF/web.xml");
    assertEquals(404, answer.status(), answer.body());
    assertFalse(answer.body().contains("security-constraint"), answer.body());
  }

  @Test
  void refusesBadIdempotencyKeys() {
    for (String bad : new String[] {"a b", "x".repeat(256)}) {
      door.post("events", Door.JSON, GOOD, "Idempotency-Key", bad)
          .problem(400, "malformed-request");
    }
    String twice =
        door.post("events", Door.JSON, GOOD, "Idempotency-Key", "a", "Idempotency-Key", "b")
            .problem(400, "malformed-request");
    assertTrue(twice.contains("2 times"), twice);
  }

  @Test
  void refusesAKeyWithAControlCharacter() {
    door.post("events/a%0Ab", Door.JSON, GOOD).problem(422, "invalid-field");
  }

  @Test
  void refusesOtherMethods() throws IOException {
    for (String method : new String[] {"PUT", "DELETE", "PATCH"}) {
      try (RawExchange exchange = new RawExchange(base)) {
        String path = base.getPath() + "api/v2/streams/events/events";
        exchange.send(method + " " + path + " HTTP/1.1\r\n" + RawExchange.CALLER);
        exchange.send("Content-Length: 0\r\n\r\n");
        assertEquals(405, exchange.status(), method);
        assertTrue(exchange.body().contains("\"error\":"), exchange.body());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET BASEapi/v2/streams/events/%00 HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET BASEapi/v2/streams/events/events HTTP/9.9\r\nHost: h\r\n\r\n",
        "POST BASEapi/v2/streams/events/events HTTP/1.1\r\nHost: h\r\nContent-Length: -5\r\n\r\n",
        "POST BASEapi/v2/streams/events/events HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
        "POST BASEapi/v2/streams/events/events HTTP/1.1\r\nHost: h\r\nContent-Type: "
            + "application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        "rubbish\r\n\r\n",
      })
  void survivesRubbishOnTheWire(String request) throws IOException {
    try (RawExchange exchange = new RawExchange(base)) {
      exchange.send(known(request)).endSending();
      int status = exchange.status();
      assertTrue(status == 0 || status >= 400, status + " " + exchange.body());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "404 GET BASEapi/v2/streams/../../../etc/passwd HTTP/1.1\r\nHost: h\r\n\r\n",
        "400 POST BASEapi/v2/streams/events/events HTTP/1.1\r\nHost: h\r\nContent-Type: ;;;\r\n"
            + "Content-Length: 1\r\n\r\n{",
      })
  void answersRubbishThatIsHttp_withAProblem(String statusAndRequest) throws IOException {
    try (RawExchange exchange = new RawExchange(base)) {
      exchange.send(known(statusAndRequest.substring(4)));
      assertEquals(statusAndRequest.substring(0, 3), "" + exchange.status());
      assertEquals(PROBLEM, exchange.response().header("Content-Type"));
      assertTrue(exchange.body().contains("\"error\":\""), exchange.body());
    }
  }

  /** {@code request} at this hub, from somebody whom it knows. */
  private String known(String request) {
    return request.replace("BASE", base.getPath()).replace("Host: h\r\n", RawExchange.CALLER);
  }

  @Test
  void survivesHeadersThatAreTooLarge() throws IOException {
    try (RawExchange exchange = new RawExchange(base)) {
      try {
        exchange.send(post("events", Door.JSON) + "X-Rubbish: " + "x".repeat(1 << 20) + "\r\n\r\n");
      } catch (IOException e) {
        return;
      }
      int status = exchange.status();
      assertTrue(status == 0 || status >= 400, "status " + status);
    }
  }

  private String post(String stream, String contentType) {
    return "POST "
        + base.getPath()
        + "api/v2/streams/"
        + stream
        + "/events HTTP/1.1\r\n"
        + RawExchange.CALLER
        + "Content-Type: "
        + contentType
        + "\r\n";
  }

  private String head(String contentType, int length) {
    return post("events", contentType) + "Content-Length: " + length + "\r\n\r\n";
  }
}
