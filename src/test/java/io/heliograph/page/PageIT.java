package io.heliograph.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.heliograph.deployed.DeployedHub;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The live page over the deployed hub. */
@ExtendWith(ArquillianExtension.class)
@Timeout(120)
class PageIT {
  private static Chromium chromium;

  private final List<String> errors = new ArrayList<>();
  private Page page;

  /** Not HTTP/2: without TLS that begins with an upgrade, which Payara does not do well. */
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @ArquillianResource private URL hub;

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with(
        "heliograph.streams=orders,brief", "heliograph.stream.brief.max-lifetime=2s");
  }

  @BeforeAll
  static void startChromium() {
    chromium = new Chromium();
  }

  @AfterAll
  static void stopChromium() {
    chromium.close();
  }

  @BeforeEach
  void open() {
    page = chromium.browser().newPage();
    page.setDefaultTimeout(30_000);
    page.onPageError(errors::add);
  }

  @AfterEach
  void hasNoErrorsInTheConsole() {
    page.close();
    assertEquals(List.of(), errors);
  }

  @Test
  void showsWhatOthersPublish() throws Exception {
    visit("");

    publish("order_paid", "{\"order\":42,\"total\":12345678901234567890.10}");
    Locator first = event("order_paid");
    assertThat(first).containsText("\"total\": 12345678901234567890.10");

    publish("order_paid", "{\"order\":43}");
    assertThat(event("\"order\": 43")).isVisible();
    assertThat(page.locator("#count")).hasText("2");
  }

  @Test
  void listensToOneKeyOfOneStream() throws Exception {
    visit("?stream=orders&key=42");
    assertThat(page.locator("#stream")).hasValue("orders");

    publish("orders/43", "paid", "\"theirs\"");
    publish("orders/42", "paid", "\"ours\"");

    assertThat(event("ours")).isVisible();
    assertThat(page.locator("#events > li")).hasCount(1);
  }

  @Test
  void publishesThroughTheForm() {
    visit("");
    page.locator("#publish-type").fill("greeting");
    page.locator("#publish-data").fill("{\"from\":\"the form\"}");

    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Publish")).click();

    assertThat(page.locator("#publish-result")).containsText("Stored as");
    assertThat(event("\"from\": \"the form\"")).hasCount(1);
  }

  @Test
  void worksWithTheKeyboardAlone() {
    visit("");
    page.locator("#publish-data").focus();
    page.keyboard().press("Control+A");
    page.keyboard().type("{\"typed\":true}");
    page.keyboard().press("Control+Enter");
    Locator summary = event("typed").locator("summary");
    assertThat(summary).isVisible();

    summary.focus();
    page.keyboard().press("Enter");
    assertThat(event("typed").locator(".data")).isHidden();

    page.locator("#toggle").focus();
    page.keyboard().press("Enter");
    assertThat(page.locator("#signal")).hasAttribute("data-state", "stopped");
    page.keyboard().press("Enter");
    assertThat(page.locator("#signal")).hasAttribute("data-state", "live");
  }

  @Test
  void saysWhatIsWrong_beforeAndAfterSending() {
    visit("");
    page.locator("#publish-data").fill("{oops}");
    page.locator("#publish").click();
    assertThat(page.locator("#publish-data-problem")).containsText("Not JSON");
    assertThat(page.locator("#publish-data")).hasAttribute("aria-invalid", "true");

    page.locator("#publish-data").fill("{}");
    page.locator("#publish-type").fill("t".repeat(2000));
    page.locator("#publish").click();
    assertThat(page.locator("#publish-result")).hasAttribute("data-kind", "refused");
    assertThat(page.locator("#publish-result")).not().isEmpty();
  }

  @Test
  void comesBackByItself_whenTheHubEndsTheConnection() {
    visit("?stream=brief");
    assertThat(page.locator("#signal")).hasAttribute("data-state", "reconnecting");
    assertThat(page.locator("#state-detail")).containsText("lived long enough");
    assertThat(page.locator("#signal")).hasAttribute("data-state", "live");
  }

  @Test
  void saysWhy_whenThereIsNoSuchStream() {
    page.navigate(hub + "?stream=nowhere");
    assertThat(page.locator("#signal")).hasAttribute("data-state", "failed");
    assertThat(page.getByRole(AriaRole.STATUS).first()).containsText("stream");
  }

  @Test
  void showsTextAsText_whateverItIs() throws Exception {
    visit("");
    publish("markup", "\"<img src=x onerror=alert(1)><b>bold</b>\"");
    assertThat(event("markup")).containsText("<b>bold</b>");
    assertThat(page.locator("#events img, #events b")).hasCount(0);
  }

  @Test
  void namesWhatCanBeOperated() {
    visit("");
    Object nameless =
        page.evaluate(
            """
            () => [...document.querySelectorAll('input, select, textarea, button')]
                .filter(e => !(e.labels?.length || e.textContent.trim() || e.ariaLabel))
                .map(e => e.outerHTML)
            """);
    assertEquals(List.of(), nameless);
    assertThat(page.locator("h1")).hasCount(1);
    assertThat(page.locator("html")).hasAttribute("lang", "en");
    assertThat(page.locator("#announcer")).hasAttribute("aria-live", "polite");
  }

  @Test
  void fitsANarrowPhone() throws Exception {
    page.setViewportSize(360, 740);
    visit("");
    publish("long", "\"" + "x".repeat(300) + "\"");
    assertThat(event("long")).isVisible();
    assertEquals(360, page.evaluate("document.documentElement.scrollWidth"));
  }

  @Test
  void isDark_whereThePersonWantsItSo() {
    String light = background(ColorScheme.LIGHT);
    String dark = background(ColorScheme.DARK);
    assertNotEquals(light, dark);
  }

  private String background(ColorScheme scheme) {
    try (BrowserContext context =
        chromium.browser().newContext(new Browser.NewContextOptions().setColorScheme(scheme))) {
      Page other = context.newPage();
      other.navigate(hub.toString());
      return (String) other.evaluate("getComputedStyle(document.body).backgroundColor");
    }
  }

  private void visit(String query) {
    page.navigate(hub + query);
    assertThat(page.locator("#signal")).hasAttribute("data-state", "live");
  }

  private Locator event(String text) {
    return page.locator("#events > li", new Page.LocatorOptions().setHasText(text)).first();
  }

  private void publish(String type, String data) throws Exception {
    publish("events", type, data);
  }

  private void publish(String streamAndKey, String type, String data) throws Exception {
    URI events = hub.toURI().resolve("api/v2/streams/" + streamAndKey + "/events");
    String body = "{\"type\":\"" + type + "\",\"data\":" + data + "}";
    HttpResponse<String> response =
        CLIENT.send(
            HttpRequest.newBuilder(events)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(201, response.statusCode(), response.body());
  }
}
