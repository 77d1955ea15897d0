package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import io.heliograph.it.Door.Answer;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.http.HttpRequest;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What browsers are told, on every kind of answer. */
@ExtendWith(ArquillianExtension.class)
class BrowserIT {
  private static final String OURS = "https://app.example.org";
  private static final String LEAVE = "Access-Control-Allow-Origin";

  @ArquillianResource private URL hub;
  private Door door;

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with("heliograph.cors.origins=" + OURS);
  }

  @BeforeEach
  void open() throws URISyntaxException {
    door = new Door(hub.toURI());
  }

  private Answer get(String path, String origin) {
    return door.send(HttpRequest.newBuilder(door.at(path)).header("Origin", origin));
  }

  private Answer preflight(String path, String origin) {
    return door.send(
        HttpRequest.newBuilder(door.at(path))
            .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "content-type,idempotency-key"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "js/live-page.js",
        "nothing",
        "api/v2/streams",
        "api/v2/streams/nosuch",
        "api/v2/events/1",
        "api/v2/streams/events/events"
      })
  void saysOnEveryAnswer_whatMayRunAndFrameIt(String path) {
    Answer answer = get(path, OURS);

    String policy = answer.header("Content-Security-Policy");
    assertTrue(policy.contains("default-src 'self'"), policy);
    assertTrue(policy.contains("frame-ancestors 'none'"), policy);
    assertFalse(policy.contains("unsafe"), policy);
    assertEquals("nosniff", answer.header("X-Content-Type-Options"));
    assertEquals("no-referrer", answer.header("Referrer-Policy"));
    assertEquals(OURS, answer.header(LEAVE), "whatever the status, a script learns it");
  }

  @Test
  void givesOthersNoLeave_butTheirAnswer() {
    Answer answer = get("api/v2/streams", "https://evil.example");

    assertEquals(200, answer.status());
    assertEquals("", answer.header(LEAVE));
    assertEquals("Origin", answer.header("Vary"));
  }

  @Test
  void answersPreflights() {
    Answer ours = preflight("api/v2/streams/events/events", OURS);
    assertEquals(204, ours.status());
    assertEquals(OURS, ours.header(LEAVE));
    assertEquals("true", ours.header("Access-Control-Allow-Credentials"));
    assertEquals("content-type,idempotency-key", ours.header("Access-Control-Allow-Headers"));

    Answer others = preflight("api/v2/streams/events/events", "https://evil.example");
    assertEquals(204, others.status());
    assertEquals("", others.header(LEAVE));
  }

  @Test
  void letsAScriptReadAStream() {
    try (ClientLoop loop = new ClientLoop()) {
      SseClient client = door.client(loop, "events").header("Origin", OURS).connect();
      assertEquals(OURS, client.awaitHead().header(LEAVE));
      assertTrue(
          String.valueOf(client.awaitHead().header("Access-Control-Expose-Headers"))
              .contains("X-SSE-Connection-Id"));
    }
  }
}
