package io.heliograph.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Page;
import io.heliograph.deployed.DeployedHub;
import io.heliograph.embedded.TestCaller;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the hub's whole idea of a position stands on: a block of nothing but an id moves a real
 * browser's Last-Event-ID (WHATWG HTML, 9.2.6), so that one who saw no event resumes exactly.
 */
@ExtendWith(ArquillianExtension.class)
@Timeout(120)
class IdOnlyBlockIT {
  private static final UnaryOperator<String> PRESENTED =
      last(Pattern.compile("(?i)\\r\\nLast-Event-ID: (\\d+)\\r\\n"));

  private static final UnaryOperator<String> GIVEN = last(Pattern.compile("(?m)^id: (\\d+)$"));

  /** Not HTTP/2: without TLS that begins with an upgrade, which Payara does not do well. */
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @ArquillianResource private URL hub;

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with(
        "heliograph.streams=orders",
        "heliograph.stream.orders.heartbeat.every=1s",
        "heliograph.stream.orders.max-lifetime=4s",
        "heliograph.stream.orders.retry=200ms");
  }

  @Test
  void resumesAtTheLastIdOnlyBlock_havingSeenNoEvent() throws Exception {
    try (Chromium chromium = new Chromium();
        Relay relay = new Relay(hub.toURI());
        Page page = chromium.newPage()) {
      page.navigate(relay.url().resolve("mark.svg").toString());
      page.evaluate(
          """
          () => {
            window.seen = [];
            window.source = new EventSource('api/v2/streams/orders/ours');
            for (const type of ['message', 'paid']) {
              source.addEventListener(type, event => seen.push([event.lastEventId, event.data]));
            }
          }
          """);
      page.waitForFunction("() => source.readyState === EventSource.OPEN");

      String theirs = publish("theirs");
      page.waitForCondition(() -> presented(relay).contains(theirs));
      assertEquals(List.of(), page.evaluate("seen"));

      String ours = publish("ours");
      page.waitForFunction("() => seen.length > 0");
      page.waitForCondition(() -> presented(relay).contains(ours));
      assertEquals(List.of(List.of(ours, "1")), page.evaluate("seen"));
      List<String> given = given(relay);
      assertEquals(given.subList(0, presented(relay).size()), presented(relay));
    }
  }

  /** The Last-Event-ID of each request for the stream but the first, which has none. */
  private static List<String> presented(Relay relay) {
    return relay.connections().stream()
        .flatMap(connection -> Stream.of(connection.requests().split("(?=GET )", -1)))
        .filter(request -> request.contains("/api/v2/streams/orders/ours"))
        .skip(1)
        .map(PRESENTED)
        .toList();
  }

  /** The last id in each answer to them. */
  private static List<String> given(Relay relay) {
    return relay.connections().stream()
        .flatMap(connection -> Stream.of(connection.answers().split("(?=HTTP/1.1 200)", -1)))
        .filter(answer -> answer.contains("\nretry: "))
        .map(GIVEN)
        .toList();
  }

  private static UnaryOperator<String> last(Pattern pattern) {
    return text ->
        pattern.matcher(text).results().map(found -> found.group(1)).reduce("", (x, y) -> y);
  }

  private String publish(String key) throws Exception {
    URI events = hub.toURI().resolve("api/v2/streams/orders/" + key + "/events");
    HttpResponse<String> response =
        CLIENT.send(
            HttpRequest.newBuilder(events)
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + TestCaller.TOKEN)
                .POST(HttpRequest.BodyPublishers.ofString("{\"type\":\"paid\",\"data\":1}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(201, response.statusCode(), response.body());
    return response.body().replaceAll("\\D", "");
  }
}
