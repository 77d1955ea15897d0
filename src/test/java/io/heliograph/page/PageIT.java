package io.heliograph.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.heliograph.deployed.DeployedHub;
import io.heliograph.embedded.TestCaller;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The live page over the deployed hub. */
class PageIT extends BrowserTests {
  private final List<String> errors = new ArrayList<>();
  private Page page;

  /** Not HTTP/2: without TLS that begins with an upgrade, which Payara does not do well. */
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with(
        "heliograph.streams=orders,brief,fresh,unnamed,quiet,many,types,stuck",
        "heliograph.stream.brief.max-lifetime=2s",
        "heliograph.stream.fresh.replay.lost=fresh",
        "heliograph.stream.unnamed.event-names=false",
        "heliograph.stream.unnamed.hello=true");
  }

  @BeforeEach
  void open() {
    page = chromium.newPage();
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
  void saysHowToBegin_whileThereIsNothing() throws Exception {
    visit("?stream=quiet&key=7");
    assertThat(page.locator("#empty")).isVisible();
    assertThat(page.locator("#example")).containsText("api/v2/streams/quiet/events");
    assertThat(page.locator("#clear")).isHidden();

    publish("quiet/7", "paid", "1");
    assertThat(event("paid")).isVisible();
    assertThat(page.locator("#empty")).isHidden();

    page.locator("#clear").click();
    assertThat(page.locator("#empty")).isVisible();
  }

  @Test
  void polls_whereTheStreamDoesNotGetThrough() throws Exception {
    page.route(stream("stuck"), route -> {});
    page.navigate(hub + "?stream=stuck");
    assertThat(page.locator("#signal")).hasAttribute("data-state", "connecting");
    assertThat(page.locator("#signal"))
        .hasAttribute(
            "data-state",
            "polling",
            new LocatorAssertions.HasAttributeOptions().setTimeout(30_000));

    publish("stuck", "paid", "\"all the same\"");
    assertThat(event("all the same")).isVisible();
  }

  /** The first answer is made up: its position is none that the hub gave. */
  @Test
  void showsTheGapUntilTheNextEvent_andWhatIsRetained() throws Exception {
    publishBody("fresh", "{\"type\":\"price\",\"data\":\"so far\",\"retain\":true}");
    AtomicInteger asked = new AtomicInteger();
    page.route(
        stream("fresh"),
        route -> {
          if (asked.getAndIncrement() == 0) {
            route.fulfill(
                new Route.FulfillOptions()
                    .setContentType("text/event-stream;charset=utf-8")
                    .setBody("retry: 100\n\nid: 7\nevent: price\ndata: \"long ago\"\n\n"));
          } else {
            route.resume();
          }
        });
    page.navigate(hub + "?stream=fresh&types=price");

    assertThat(page.locator("#signal")).hasAttribute("data-state", "gap");
    assertThat(page.getByRole(AriaRole.STATUS).first()).containsText("Gap in fresh");
    assertThat(page.locator("#events .mark")).containsText("position 7");
    assertThat(page.locator("#announcer")).containsText("Gap: The position 7 is none");
    assertThat(event("so far")).containsText("retained");
    assertThat(page.locator("#signal")).hasAttribute("data-state", "gap");

    publish("fresh", "price", "\"from now on\"");
    assertThat(event("from now on")).isVisible();
    assertThat(page.locator("#signal")).hasAttribute("data-state", "live");
  }

  @Test
  void takesHelloForNoEvent_whereItHasNoName() throws Exception {
    visit("?stream=unnamed");

    publish("unnamed", "greeting", "{\"type\":\"hello\",\"connectionId\":\"x\",\"mine\":true}");

    assertThat(event("\"mine\": true")).isVisible();
    assertThat(page.locator("#events > li")).hasCount(1);
  }

  @Test
  void showsTheNewestOfMany() throws Exception {
    visit("?stream=many&types=tick");

    publishBody("many", numbered(1, 500, "{\"type\":\"tick\",\"data\":\"no. %d\"}"));

    assertThat(page.locator("#count")).hasText("500, the newest 200 shown");
    assertThat(page.locator("#events > li")).hasCount(200);
    assertThat(page.locator("#events > li").first()).containsText("no. 500");
  }

  @Test
  void keepsNoMoreThanItShows_whileNothingIsDrawn() {
    visit("");
    Object kept =
        page.evaluate(
            """
            async () => {
              const {EventList} = await import(new URL('js/event-list.js', document.baseURI));
              const frames = [];
              window.requestAnimationFrame = frame => frames.push(frame);
              const [list, empty, count, clear, announcer] =
                  ['ol', 'p', 'p', 'button', 'p'].map(name => document.createElement(name));
              const template = id => document.getElementById(id);
              const events = new EventList({
                list, empty, count, clear, announcer,
                eventTemplate: template('event-template'), markTemplate: template('mark-template'),
              });
              for (let id = 1; id <= 10000; id++) {
                events.add({id: String(id), type: 'tick', data: '1', time: new Date(), keys: []});
              }
              const remembered = [1, 7999, 9999].map(id => events.has(String(id)));
              const before = list.childElementCount;
              frames.forEach(frame => frame());
              await new Promise(resolve => setTimeout(resolve));
              return [remembered, before, list.childElementCount, announcer.textContent];
            }
            """);
    assertEquals(
        List.of(List.of(false, false, true), 0, 200, "10,000 events, the newest is tick"), kept);
  }

  @Test
  void followsSoManyTypesAndSaysSo() throws Exception {
    page.addInitScript(
        """
        window.types = new Set();
        const add = EventSource.prototype.addEventListener;
        EventSource.prototype.addEventListener = function(type, ...rest) {
          types.add(type);
          return add.call(this, type, ...rest);
        };
        """);
    visit("?stream=types");
    publishBody("types", numbered(1, 150, "{\"type\":\"type-%d-\",\"data\":1}"));
    assertThat(event("type-150-")).isVisible();
    assertThat(page.locator("#too-many-types")).isHidden();

    publishBody("types", numbered(151, 300, "{\"type\":\"type-%d-\",\"data\":1}"));
    assertThat(event("type-300-")).isVisible();
    assertThat(page.locator("#known-types option")).hasCount(200);
    int types = (int) page.evaluate("types.size");
    assertTrue(types < 210, () -> "listens to " + types);
    assertThat(page.locator("#too-many-types")).isVisible();

    publish("types", "type-299-", "\"late but here\"");
    assertThat(event("late but here")).isVisible();
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
    try (Page other = chromium.newPage(new Browser.NewPageOptions().setColorScheme(scheme))) {
      other.navigate(hub.toString());
      return (String) other.evaluate("getComputedStyle(document.body).backgroundColor");
    }
  }

  private void visit(String query) {
    page.navigate(hub + query);
    assertThat(page.locator("#signal")).hasAttribute("data-state", "live");
  }

  /** The addresses at which a stream itself is read, not its pages. */
  private static Predicate<String> stream(String name) {
    return url -> url.replaceFirst("\\?.*", "").endsWith("/api/v2/streams/" + name);
  }

  private static String numbered(int first, int last, String event) {
    return IntStream.rangeClosed(first, last)
        .mapToObj(number -> event.formatted(number))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private Locator event(String text) {
    return page.locator("#events > li", new Page.LocatorOptions().setHasText(text)).first();
  }

  private void publish(String type, String data) throws Exception {
    publish("events", type, data);
  }

  private void publish(String streamAndKey, String type, String data) throws Exception {
    publishBody(streamAndKey, "{\"type\":\"" + type + "\",\"data\":" + data + "}");
  }

  private void publishBody(String streamAndKey, String body) throws Exception {
    URI events = hub.toURI().resolve("api/v2/streams/" + streamAndKey + "/events");
    HttpResponse<String> response =
        CLIENT.send(
            HttpRequest.newBuilder(events)
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + TestCaller.TOKEN)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(201, response.statusCode(), response.body());
  }
}
