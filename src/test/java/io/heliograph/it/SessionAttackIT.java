package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import io.heliograph.deployed.RealmUsers;
import io.heliograph.it.Credentials.MadeKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tickets that are used twice, sessions that somebody else prepared, and other sites' pages. */
class SessionAttackIT extends DeployedClients {
  private static final String USER = "victim";
  private static final String CHOSEN = "A".repeat(43);

  private Credentials credentials;
  private Door nobody;

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with();
  }

  @BeforeEach
  void makeUser() {
    credentials = new Credentials(door);
    nobody = credentials.nobody();
    RealmUsers.make(USER, Credentials.PASSWORD, "events-admin");
  }

  @AfterEach
  void removeUser() {
    RealmUsers.remove(USER);
  }

  @Test
  void takesATicketOnce() {
    String ticket = Credentials.ticket(door);
    assertEquals(200, nobody.get("api/v2/me?ticket=" + ticket).status());

    nobody.get("api/v2/me?ticket=" + ticket).problem(401, "unauthorized");
    assertEquals(
        401, nobody.client(loop, "events?ticket=" + ticket).connect().awaitHead().status());
  }

  /** Also where the first use got nothing for it. */
  @Test
  void takesATicketOnce_whateverItWasUsedFor() {
    String ticket = Credentials.ticket(door);
    assertEquals(404, nobody.get("api/v2/streams/nosuch?ticket=" + ticket).status());

    assertEquals(401, nobody.get("api/v2/me?ticket=" + ticket).status());
  }

  /** Either would outlive what the ticket was bought with. */
  @Test
  void givesNeitherASessionNorATicketForATicket() {

    Door.Answer login = Credentials.post(nobody, "api/v2/login?ticket=" + bought(), "");
    login.problem(403, "forbidden");
    assertEquals("", login.header("Set-Cookie"));
    Credentials.post(nobody, "api/v2/tickets?ticket=" + Credentials.ticket(door), "")
        .problem(403, "forbidden");
  }

  /** A ticket that a name and password bought. */
  private String bought() {
    return Credentials.ticket(
        nobody, "Authorization", Credentials.basic(USER, Credentials.PASSWORD));
  }

  @Test
  void givesATicketToOne_ofFiftyAtOnce() throws Exception {
    int runners = 50;
    ExecutorService pool = Executors.newFixedThreadPool(runners);
    try {
      for (int race = 0; race < 3; race++) {
        String ticket = Credentials.ticket(door);
        CyclicBarrier start = new CyclicBarrier(runners);
        List<CompletableFuture<Integer>> statuses = new ArrayList<>();
        for (int i = 0; i < runners; i++) {
          statuses.add(
              CompletableFuture.supplyAsync(
                  () -> {
                    await(start);
                    return nobody.get("api/v2/me?ticket=" + ticket).status();
                  },
                  pool));
        }
        int winners = 0;
        for (CompletableFuture<Integer> status : statuses) {
          int seen = Waiting.until("an answer", status);
          assertTrue(seen == 200 || seen == 401, "status " + seen);
          winners += seen == 200 ? 1 : 0;
        }
        assertEquals(1, winners);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void neverAdoptsACookieThatTheHubDidNotMake() {
    Door.Answer refused =
        Credentials.send(
            nobody, "GET", "api/v2/me", null, "Cookie", Credentials.COOKIE + "=" + CHOSEN);
    assertEquals(401, refused.status());
    assertTrue(refused.header("Set-Cookie").contains("Max-Age=0"), "the browser shall forget it");

    String given = credentials.session(USER, "Cookie", Credentials.COOKIE + "=" + CHOSEN);

    assertNotEquals(CHOSEN, given);
    assertEquals(401, credentials.statusOfSession(CHOSEN));
    assertEquals(200, credentials.statusOfSession(given));
  }

  /** Two cookies of that name: whichever counts, the hub gave neither of them to the attacker. */
  @Test
  void isNotFooledByASecondCookie() {
    String given = credentials.session(USER);
    for (String cookies :
        List.of(
            Credentials.COOKIE + "=" + CHOSEN + "; " + Credentials.COOKIE + "=" + given,
            "JSESSIONID=" + given,
            "JSESSIONIDSSO=" + given,
            Credentials.COOKIE.toUpperCase(Locale.ROOT) + "=" + given)) {
      assertEquals(
          401, Credentials.send(nobody, "GET", "api/v2/me", null, "Cookie", cookies).status());
    }
    assertEquals(401, nobody.get("api/v2/me;jsessionid=" + given).status());
  }

  @Test
  void givesANewSessionAtEachLogin_andEndsTheOneBefore() {
    String first = credentials.session(USER);
    String second = credentials.session(USER, Credentials.fromOurPage(first));
    String third = credentials.session(USER);

    assertEquals(3, new HashSet<>(List.of(first, second, third)).size());
    assertEquals(401, credentials.statusOfSession(first));
    assertEquals(200, credentials.statusOfSession(second));
    assertEquals(200, credentials.statusOfSession(third));
  }

  @Test
  void keepsTheCookieFromScripts() {
    List<String> parts =
        Arrays.asList(credentials.login(USER).header("Set-Cookie").split("; ", -1));
    assertTrue(parts.contains("HttpOnly") && parts.contains("SameSite=Lax"), "" + parts);
  }

  @Test
  void logsNobodyInWithASession_norWithAKey() {
    String cookie = credentials.session(USER);
    assertEquals(
        401,
        Credentials.post(nobody, "api/v2/login", "{}", Credentials.fromOurPage(cookie)).status());
    MadeKey key = credentials.key("\"name\":\"n\",\"roles\":[\"events-admin\"]");
    Door.Answer byKey = Credentials.send(door.as(key.text()), "POST", "api/v2/login", null);
    assertEquals(403, byKey.status(), byKey.body());
    assertEquals("", byKey.header("Set-Cookie"));
  }

  /** What a page of another site can have a browser send. */
  static Stream<Arguments> elsewhere() {
    return Stream.of(
            List.of("Origin", "https://evil.example"),
            List.of("Origin", "null"),
            List.of("Origin", "http://127.0.0.1:1"),
            List.of("Origin", "http://127.0.0.1.evil.example"),
            List.of("Sec-Fetch-Site", "cross-site"),
            List.of("Sec-Fetch-Site", "same-site"),
            List.of("Sec-Fetch-Site", "none"),
            List.of("Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"))
        .map(Arguments::of);
  }

  private String[] with(String cookie, String... headers) {
    List<String> all = new ArrayList<>(List.of("Cookie", Credentials.COOKIE + "=" + cookie));
    all.addAll(Arrays.asList(headers));
    return all.toArray(new String[0]);
  }

  private void assertForbidden(String cookie, String... headers) {
    MadeKey key = credentials.key("\"name\":\"kept\"");
    long before = door.publish("events", "t", "1");
    int keys = keys();
    Set<String> requests =
        Set.of(
            "POST api/v2/streams/events/events {\"type\":\"t\",\"data\":2}",
            "POST api/v2/admin/api-keys {\"name\":\"mallory\"}",
            "POST api/v2/admin/api-keys/" + key.id() + "/rotate {\"overlap\":\"0\"}",
            "DELETE api/v2/admin/api-keys/" + key.id() + " ",
            "PUT api/v2/admin/tenants/evil/members/" + USER + " ",
            "POST api/v2/tickets ",
            "POST api/v2/logout ");
    for (String request : requests) {
      String[] words = request.split(" ", 3);
      Door.Answer answer =
          Credentials.send(
              nobody,
              words[0],
              words[1],
              words[2].isEmpty() ? null : words[2],
              with(cookie, headers));
      answer.problem(403, "forbidden");
      assertEquals("", answer.header("Set-Cookie"), request);
    }
    assertEquals(before + 1, door.publish("events", "t", "3"), "something was published");
    assertEquals(200, credentials.statusOf(key.text()));
    assertEquals(keys, keys());
    assertFalse(door.get("api/v2/admin/tenants").body().contains("evil"));
    assertEquals(200, credentials.statusOfSession(cookie), "it was logged out");
  }

  private int keys() {
    return door.get("api/v2/admin/api-keys?limit=1000").json().getJsonArray("api_keys").size();
  }

  @ParameterizedTest
  @MethodSource("elsewhere")
  void changesNothingForAnotherSitesPage(List<String> headers) {
    assertForbidden(credentials.session(USER), headers.toArray(new String[0]));
  }

  @Test
  void changesNothing_whereTheBrowserDoesNotSayWhereFrom() {
    assertForbidden(credentials.session(USER));
  }

  @Test
  void changesWhatItsOwnPageAsksFor() {
    String cookie = credentials.session(USER);
    String own = "http://" + hub.getAuthority();
    for (String[] headers :
        List.of(new String[] {"Origin", own}, new String[] {"Sec-Fetch-Site", "same-origin"})) {
      Door.Answer answer =
          Credentials.post(
              nobody,
              "api/v2/streams/events/events",
              "{\"type\":\"t\",\"data\":1}",
              with(cookie, headers));
      assertEquals(201, answer.status(), answer.body());
    }
  }

  /** Else it would log its visitors in as somebody of its choice. */
  @ParameterizedTest
  @MethodSource("elsewhere")
  void logsNobodyIn_forAnotherSitesPage(List<String> headers) {
    Door.Answer answer = credentials.login(USER, headers.toArray(new String[0]));

    answer.problem(403, "forbidden");
    assertEquals("", answer.header("Set-Cookie"));
  }
}
