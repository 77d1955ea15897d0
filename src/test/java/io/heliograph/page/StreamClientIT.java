package io.heliograph.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import io.heliograph.deployed.DeployedHub;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the page's client does with what a hub may say; here the hub's answers are made up. */
class StreamClientIT extends BrowserTests {
  private static final String BEGIN = "retry: 100\n\nid: 7\n\n";

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private Page page;

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with();
  }

  @BeforeEach
  void open() {
    page = chromium.newPage();
    page.setDefaultTimeout(30_000);
  }

  @AfterEach
  void close() {
    page.close();
  }

  @Test
  void comesBackWhenItWasTold_atThePositionOfAnIdOnlyBlock() {
    streamSays(
        BEGIN
            + "event: server_shutdown\n"
            + "data: {\"reason\":\"server_shutdown\",\"reconnect_in_ms\":300}\n\n");
    page.navigate(hub.toString());

    page.waitForCondition(() -> asked.size() >= 2);

    assertFalse(asked.get(0).contains("lastEventId"), asked.get(0));
    assertTrue(asked.get(1).endsWith("lastEventId=7"), asked.get(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"replaced", "revoked", "closed_by_admin", "server_shutdown"})
  void staysAway_whenEndedForGood(String reason) {
    streamSays(BEGIN + "event: bye\ndata: {\"reason\":\"" + reason + "\"}\n\n");
    page.navigate(hub.toString());

    assertThat(page.locator("#signal")).hasAttribute("data-state", "ended");
    assertEquals(1, asked.size());
    assertThat(page.locator("#toggle")).hasText("Listen");
  }

  @ParameterizedTest
  @ValueSource(strings = {"idle_timeout", "max_lifetime", "too_slow"})
  void comesBack_whenEndedForNow(String reason) {
    streamSays(BEGIN + "event: bye\ndata: {\"reason\":\"" + reason + "\"}\n\n");
    page.navigate(hub.toString());

    page.waitForCondition(() -> asked.size() >= 3);
  }

  @Test
  void renewsAndComesBack_whenTheCredentialHasExpired() {
    streamSays(BEGIN + "event: bye\ndata: {\"reason\":\"token_expired\"}\n\n");
    page.navigate(hub + "mark.svg");
    page.evaluate(
        """
        async () => {
          const module = await import(new URL('js/stream-client.js', location.href));
          window.said = [];
          window.client = new module.StreamClient(() => 'api/v2/streams/events', {
            onState: state => said.push(state),
            renew: async () => said.push('renew'),
          });
          client.start();
        }
        """);

    page.waitForCondition(() -> asked.size() >= 2);

    assertEquals(
        List.of("connecting", "live", "reconnecting", "renew"), page.evaluate("said.slice(0, 4)"));
  }

  @Test
  void isDenied_whenAnExpiredCredentialCannotBeRenewed() {
    answer(
        says(BEGIN + "event: bye\ndata: {\"reason\":\"token_expired\"}\n\n"),
        refuses(401, Map.of(), "{\"error\":\"the token has expired\"}"));
    page.navigate(hub.toString());

    assertThat(page.locator("#signal")).hasAttribute("data-state", "denied");
    assertThat(page.locator("#state-detail")).containsText("the token has expired");
  }

  @Test
  void showsRetainedEventsAfterAGap_whenTheBrowserCameBackByItself() {
    answer(
        says(BEGIN + "id: 8\nevent: price\ndata: \"before\"\n\n"),
        says(
            """
            retry: 100000

            event: gap
            data: {"reason":"trimmed"}

            event: price
            data: "retained"

            event: price
            data: "also"

            id: 12

            """));
    page.navigate(hub + "?types=price");

    assertThat(page.locator("#events .event")).hasCount(3);
    assertThat(page.locator("#events .event").first()).containsText("also");
    assertThat(page.locator("#events .id").last()).hasText("8");
  }

  @Test
  void showsAGapAndWhatWasDropped() {
    streamSays(
        "event: gap\ndata: {\"reason\":\"trimmed\",\"requested\":\"1\",\"resumed_after\":\"6\"}\n\n"
            + BEGIN
            + "event: error\ndata: {\"error\":\"buffer_overflow\",\"dropped_count\":50}\n\n"
            + "event: bye\ndata: {\"reason\":\"replaced\"}\n\n");
    page.navigate(hub.toString());

    assertThat(page.locator("#events .mark").nth(1)).containsText("no longer kept");
    assertThat(page.locator("#events .mark").nth(0)).containsText("50 events");
    assertThat(page.locator("#announcer")).containsText("Dropped: 50 events");
  }

  @Test
  void isDenied_whenItMayNotRead() {
    streamAnswers(403, Map.of(), "{\"error\":\"it needs the role events-read-own\"}");
    page.navigate(hub.toString());

    assertThat(page.locator("#signal")).hasAttribute("data-state", "denied");
    assertThat(page.locator("#state-detail")).containsText("events-read-own");
  }

  @Test
  void triesAgainAfterRetryAfter_whenTheHouseIsFull() {
    streamAnswers(503, Map.of("Retry-After", "1"), "{\"error\":\"the house is full\"}");
    page.navigate(hub.toString());

    assertThat(page.locator("#signal")).hasAttribute("data-state", "reconnecting");
    assertThat(page.locator("#state-detail")).containsText("the house is full");
    page.waitForCondition(() -> asked.size() >= 4);
  }

  @Test
  void triesAgain_whenTheServerHasNoHubYet() {
    answer(
        says(
            BEGIN
                + "event: server_shutdown\n"
                + "data: {\"reason\":\"server_shutdown\",\"reconnect_in_ms\":100}\n\n"),
        new Route.FulfillOptions().setStatus(404).setContentType("text/html").setBody("<html>"),
        new Route.FulfillOptions().setStatus(404).setContentType("text/html").setBody("<html>"),
        says(BEGIN + "id: 8\nevent: price\ndata: \"after\"\n\n"));
    page.navigate(hub + "?types=price");

    assertThat(page.locator("#events .event").first()).containsText("after");
  }

  @Test
  void hasFailed_whenTheHubHasNoSuchStream() {
    streamAnswers(404, Map.of(), "{\"error\":\"no such stream\"}");
    page.navigate(hub.toString());

    assertThat(page.locator("#signal")).hasAttribute("data-state", "failed");
    assertThat(page.locator("#state-detail")).containsText("no such stream");
  }

  private void streamSays(String blocks) {
    answer(says(blocks));
  }

  private void streamAnswers(int status, Map<String, String> headers, String problem) {
    answer(refuses(status, headers, problem));
  }

  private static Route.FulfillOptions says(String blocks) {
    return new Route.FulfillOptions()
        .setContentType("text/event-stream;charset=utf-8")
        .setBody(blocks);
  }

  private static Route.FulfillOptions refuses(
      int status, Map<String, String> headers, String problem) {
    return new Route.FulfillOptions()
        .setStatus(status)
        .setHeaders(headers)
        .setContentType("application/problem+json")
        .setBody(problem);
  }

  /**
   * The answers in turn, the last again and again. Only at the stream's own address; the page's
   * other requests reach the hub.
   */
  private void answer(Route.FulfillOptions... answers) {
    page.route(
        url -> url.replaceFirst("\\?.*", "").endsWith("/api/v2/streams/events"),
        route -> {
          asked.add(route.request().url());
          route.fulfill(answers[Math.min(asked.size(), answers.length) - 1]);
        });
  }
}
