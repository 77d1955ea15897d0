package io.heliograph.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import io.heliograph.deployed.DeployedHub;
import io.heliograph.deployed.RealmUsers;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In through the login page, out through the live page, and what each of them shows to whom. */
class LoginPageIT extends BrowserTests {
  private static final String PUBLISHER = "page-publisher";
  private static final String READER = "page-reader";
  private static final String PASSWORD = "correct-horse";

  private final List<String> errors = new ArrayList<>();
  private BrowserContext context;
  private Page page;

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with("heliograph.streams=orders");
  }

  @BeforeEach
  void open() {
    RealmUsers.make(PUBLISHER, PASSWORD, "events-read-all", "events-publish");
    RealmUsers.make(READER, PASSWORD, "events-read-all");
    context = chromium.browser().newContext();
    page = newPage();
  }

  @AfterEach
  void hasNoErrorsInTheConsole() {
    context.close();
    assertEquals(List.of(), errors);
  }

  @Test
  void comesBackToTheVeryAddress_afterTheLogin() {
    page.navigate(hub + "?stream=orders&key=a%2Fb");
    assertThat(page).hasTitle("Log in to Heliograph");

    logIn(page, PUBLISHER, PASSWORD);

    isLive(page);
    assertEquals(hub + "?stream=orders&key=a%2Fb", page.url());
    assertThat(page.locator("#key")).hasValue("a/b");
    assertThat(page.locator("#account-name")).hasText(PUBLISHER);
  }

  @Test
  void goingBackFromThePage_doesNotAskForThePasswordAgain() {
    page.navigate(hub + "mark.svg");
    page.navigate(hub.toString());
    logIn(page, PUBLISHER, PASSWORD);
    isLive(page);

    page.goBack();

    assertEquals(hub + "mark.svg", page.url());
  }

  @Test
  void saysWhatIsWrong_andKeepsTheName() {
    page.navigate(hub.toString());

    logIn(page, PUBLISHER, "wrong");

    isIn(page, "refused");
    assertThat(page.locator("#login-problem")).not().isEmpty();
    assertThat(page.locator("#login-problem")).not().containsText("status 401");
    assertThat(page.locator("#name")).hasValue(PUBLISHER);
    assertThat(page.locator("#password")).isFocused();

    page.keyboard().type(PASSWORD);
    page.keyboard().press("Enter");
    isLive(page);
  }

  @Test
  void sendsNothing_whileSomethingIsMissing() {
    List<String> sent = new ArrayList<>();
    page.onRequest(
        request -> {
          if (request.method().equals("POST")) {
            sent.add(request.url());
          }
        });
    page.navigate(hub + "login.html");

    logIn(page, PUBLISHER, "");

    assertThat(page.locator("#login-problem")).hasText("Password is missing.");
    assertThat(page.locator("#password")).isFocused();
    assertEquals(List.of(), sent);
  }

  /** The answer is made up: a real one would lock this address out for the other tests. */
  @Test
  void unlocksByItself_afterTooManyTries() {
    answerLogin(429, Map.of("Retry-After", "2"), "{\"error\":\"too many logins\"}");
    page.navigate(hub + "login.html");

    logIn(page, PUBLISHER, PASSWORD);

    isIn(page, "waiting");
    assertThat(page.locator("#login-problem")).hasText("too many logins");
    assertThat(page.locator("#state-when")).containsText("again in");
    assertThat(page.locator("#log-in")).isDisabled();
    isIn(page, "idle");
    assertThat(page.locator("#log-in")).isEnabled();
  }

  @Test
  void saysThatTheHubIsOutOfReach_andCanBeAskedAgain() {
    page.navigate(hub + "login.html");
    page.route("**/api/v2/login", Route::abort);
    logIn(page, PUBLISHER, PASSWORD);
    isIn(page, "unreachable");
    assertThat(page.locator("#login-problem")).containsText("does not answer");

    page.unroute("**/api/v2/login");
    page.locator("#log-in").click();
    isLive(page);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//evil.example/",
        "/\\evil.example/",
        "/\t/evil.example/",
        "https://evil.example/",
        "https:evil.example",
        "javascript:document.title='evil'",
        "data:text/html,evil",
        "/..//evil.example/",
        "/elsewhere/",
        "%HUB%../elsewhere/",
        "%HUB%%2e%2e/elsewhere/",
        "%HUB%login.html?next=again",
        "relative.html",
        "//",
        ""
      })
  void endsOnTheStartPage_whereverElseItIsToldToGo(String next) {
    List<String> asked = new ArrayList<>();
    context.onRequest(request -> asked.add(request.url()));
    String path = next.replace("%HUB%", hub.getPath());
    page.navigate(hub + "login.html?next=" + URLEncoder.encode(path, StandardCharsets.UTF_8));

    logIn(page, PUBLISHER, PASSWORD);

    isLive(page);
    assertEquals(hub + "?stream=events", page.url());
    assertEquals(List.of(), asked.stream().filter(url -> !url.startsWith(hub.toString())).toList());
  }

  @Test
  void offersToGoOnOrToBeSomebodyElse_whereSomebodyIsLoggedInAlready() {
    logInAs(PUBLISHER);
    page.navigate(hub + "login.html?next=" + hub.getPath() + "%3Fstream%3Dorders");
    isIn(page, "known");
    assertThat(page.locator("#known-name")).hasText(PUBLISHER);
    page.locator("#go-on").click();
    isLive(page);
    assertEquals(hub + "?stream=orders", page.url());

    page.navigate(hub + "login.html");
    page.locator("#other").click();
    assertThat(page.locator("#name")).isFocused();
    logIn(page, READER, PASSWORD);
    assertThat(page.locator("#account-name")).hasText(READER);
  }

  @Test
  void endsTheLiveStreamsOfBothWindows_atLogout() {
    logInAs(PUBLISHER);
    Page other = newPage();
    other.navigate(hub + "?stream=orders");
    isLive(other);

    page.locator("#log-out").click();

    page.waitForURL(hub + "login.html");
    isIn(page, "idle");
    isIn(other, "ended");
    assertThat(other.locator("#account")).isHidden();
    assertThat(other.locator("#publish")).isDisabled();
    other.locator("#log-in").click();
    logIn(other, PUBLISHER, PASSWORD);
    isLive(other);
    assertEquals(hub + "?stream=orders", other.url());
  }

  @Test
  void staysLoggedIn_andSaysSo_whenTheHubDoesNotHearTheLogout() {
    logInAs(PUBLISHER);
    page.route("**/api/v2/logout", Route::abort);

    page.locator("#log-out").click();

    assertThat(page.locator("#account-problem")).containsText("Still logged in");
    assertThat(page.locator("#log-out")).isEnabled();
  }

  @Test
  void goesToTheLogin_whenTheSessionTimedOut() {
    logInAs(PUBLISHER);
    streamSays("retry: 100\n\nid: 7\n\nevent: bye\ndata: {\"reason\":\"token_expired\"}\n\n");
    context.clearCookies();

    page.locator("#stream").selectOption("orders");

    assertThat(page).hasTitle("Log in to Heliograph");
    page.unrouteAll();
    logIn(page, PUBLISHER, PASSWORD);
    isLive(page);
    assertEquals(hub + "?stream=orders", page.url());
  }

  @Test
  void justComesBack_whenAnotherWindowHasLoggedInAgain() {
    logInAs(PUBLISHER);
    streamSays("retry: 100\n\nevent: bye\ndata: {\"reason\":\"token_expired\"}\n\n");
    page.locator("#stream").selectOption("orders");
    isIn(page, "reconnecting");

    page.unrouteAll();

    isLive(page);
    assertEquals(hub + "?stream=orders", page.url());
  }

  @Test
  void leadsToTheLogin_whereTheStreamKnowsNobody() {
    logInAs(PUBLISHER);
    context.clearCookies();

    page.locator("#stream").selectOption("orders");

    isIn(page, "denied");
    assertThat(page.locator("#account")).isHidden();
    page.locator("#log-in").click();
    logIn(page, PUBLISHER, PASSWORD);
    isLive(page);
    assertEquals(hub + "?stream=orders", page.url());
  }

  @Test
  void closesTheFormAndSaysWhy_toWhoeverMayNotPublish() {
    logInAs(READER);

    assertThat(page.locator("#publish")).isDisabled();
    assertThat(page.locator("#publish-data")).isDisabled();
    assertThat(page.locator("#publish-reason")).containsText("events-publish");
    assertThat(page.locator("#account-roles")).isHidden();
    page.locator("#account summary").click();
    assertThat(page.locator("#account-roles")).hasText("reads every event");
  }

  @Test
  void opensTheForm_toWhoeverMayPublish() {
    logInAs(PUBLISHER);

    assertThat(page.locator("#account-name")).hasText(PUBLISHER);
    assertThat(page.locator("#publish")).isEnabled();
    assertThat(page.locator("#publish-reason")).isHidden();
    assertThat(page.locator("#example")).containsText("Authorization: Bearer $KEY");
  }

  @Test
  void showsThePasswordOnlyWhereAsked() {
    page.navigate(hub + "login.html");
    page.locator("#reveal").click();
    assertThat(page.locator("#password")).hasAttribute("type", "text");
    assertThat(page.locator("#reveal")).hasAttribute("aria-pressed", "true");

    logIn(page, PUBLISHER, "wrong");

    isIn(page, "refused");
    assertThat(page.locator("#password")).hasAttribute("type", "password");
    assertFalse(page.url().contains("wrong"), page.url());
  }

  @Test
  void fitsANarrowPhone() {
    page.setViewportSize(320, 640);
    page.navigate(hub.toString());
    assertEquals(320, page.evaluate("document.documentElement.scrollWidth"));

    logIn(page, PUBLISHER, PASSWORD);
    isLive(page);
    page.locator("#account summary").click();
    assertEquals(320, page.evaluate("document.documentElement.scrollWidth"));
  }

  private Page newPage() {
    Page opened = context.newPage();
    opened.setDefaultTimeout(30_000);
    opened.onPageError(errors::add);
    return opened;
  }

  private void logInAs(String name) {
    page.navigate(hub.toString());
    logIn(page, name, PASSWORD);
    isLive(page);
  }

  private static void logIn(Page page, String name, String password) {
    page.locator("#name").fill(name);
    page.locator("#password").fill(password);
    page.locator("#log-in").click();
  }

  private static void isLive(Page page) {
    isIn(page, "live");
  }

  private static void isIn(Page page, String state) {
    assertThat(page.locator("#signal")).hasAttribute("data-state", state);
  }

  private void answerLogin(int status, Map<String, String> headers, String problem) {
    page.route(
        "**/api/v2/login",
        route ->
            route.fulfill(
                new Route.FulfillOptions()
                    .setStatus(status)
                    .setHeaders(headers)
                    .setContentType("application/problem+json")
                    .setBody(problem)));
  }

  /** Only at the address of {@code orders} itself; everything else reaches the hub. */
  private void streamSays(String blocks) {
    page.route(
        url -> url.replaceFirst("\\?.*", "").endsWith("/api/v2/streams/orders"),
        route ->
            route.fulfill(
                new Route.FulfillOptions()
                    .setContentType("text/event-stream;charset=utf-8")
                    .setBody(blocks)));
  }
}
