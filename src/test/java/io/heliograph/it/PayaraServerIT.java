package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.SseClient.End;
import io.heliograph.server.Jvm;
import io.heliograph.server.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The hub on the real Payara Server, set up from nothing by {@code deploy/payara}'s scripts. */
@EnabledIfSystemProperty(named = PayaraServer.PROPERTY, matches = ".+")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class PayaraServerIT {
  /** Everything that a shell or a file of properties could mistake. */
  private static final String PASSWORD = "p\\w$x'\"#!=:{y}";

  private static final Map<String, String> ENVIRONMENT =
      Map.of("HELIOGRAPH_STREAMS", "orders", "HELIOGRAPH_STREAM_ORDERS_HEARTBEAT_EVERY", "1s");

  private static final Pattern FAREWELL =
      Pattern.compile("\\{\"reason\":\"server_shutdown\",\"reconnect_in_ms\":[0-9]+}");

  /** An EventSource whose farewell was just read tries again after {@code retry}, less a tenth. */
  private static final Duration FIRST_RETRY = Duration.ofMillis(2_700);

  /** A new version of the hub must have come up; on a busy machine. */
  private static final Duration START_DEADLINE = Duration.ofMinutes(3);

  @SuppressWarnings("NullAway.Init")
  private static PayaraServer server;

  @SuppressWarnings("NullAway.Init")
  private static Door door;

  @BeforeAll
  static void setUpFromNothing() {
    server = PayaraServer.create("payara-server");
    server.start(ENVIRONMENT);
    server.script("setup.sh", "", server.data().toString());
    // What only caches hold is to go at once; they would keep it for minutes.
    server.admin("create-jvm-options", "-XX\\:SoftRefLRUPolicyMSPerMB=0");
    server.stop();
    server.start(ENVIRONMENT);
    server.script("user.sh", PASSWORD + "\n", "root", "events-admin");
    server.script("deploy.sh", "", TestServer.war().toString(), "hub");
    Door nobody = new Door(server.address().resolve("hub/")).as(null);
    Door.Answer made =
        nobody.send(
            as("root", PASSWORD, "api/v2/admin/api-keys")
                .header("Content-Type", Door.JSON)
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"name\":\"it\",\"roles\":[\"events-read-all\",\"events-publish\"]}")));
    assertEquals(201, made.status(), made.body());
    door = nobody.as(made.json().getString("key"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void setUpAgainChangesNothing() throws IOException {
    String before = Files.readString(server.configuration());

    server.script("setup.sh", "", server.data().toString());

    assertEquals(before, Files.readString(server.configuration()));
  }

  @Test
  void letsInUsersOfItsRealm_withTheRolesOfTheirGroups() {
    server.script("user.sh", "first", "maria", "events-read-own");

    assertEquals(401, me("maria", "other").status());
    assertEquals(
        "[\"events-read-own\"]", me("maria", "first").json().getJsonArray("roles").toString());

    server.script("user.sh", "second", "maria", "events-read-own", "events-publish");

    assertEquals(401, me("maria", "first").status());
    assertEquals(
        "[\"events-publish\",\"events-read-own\"]",
        me("maria", "second").json().getJsonArray("roles").toString());
  }

  @Test
  void readsItsSettingsFromTheEnvironment_andBeatsOnTime() {
    try (ClientLoop loop = new ClientLoop()) {
      SseClient client = door.client(loop, "orders").connect();
      client.awaitStanding();
      long id = door.publish("orders", "paid", "1");
      assertEquals(id, client.nextEvent().number());
      long begun = System.nanoTime();
      for (int beats = 0; beats < 5; ) {
        beats += client.next().isComment() ? 1 : 0;
      }
      Duration took = Duration.ofNanos(System.nanoTime() - begun);

      // Each second, on a tick of the container's timer.
      assertTrue(took.compareTo(Duration.ofMillis(3_500)) > 0, "5 heartbeats in " + took);
      assertTrue(took.compareTo(Duration.ofSeconds(12)) < 0, "5 heartbeats in " + took);
    }
  }

  @Test
  void tellsClientsOfAnUpgrade_whoComeBackAndMissNothing() {
    try (ClientLoop loop = new ClientLoop()) {
      SseClient client = door.client(loop, "orders").comingBackAfter(FIRST_RETRY).connect();
      client.awaitStanding();
      assertEquals(door.publish("orders", "before", "1"), client.nextEvent().number());
      int connects = client.connects();
      CompletableFuture<Integer> answer =
          CompletableFuture.supplyAsync(() -> firstAnswerAfter(connects, client));
      server.script("deploy.sh", "", TestServer.war().toString(), "hub");
      long after = door.publish("orders", "after", "2");

      // Any other answer would have ended an EventSource for good.
      assertEquals(200, Waiting.until("a hub again", answer, START_DEADLINE));
      assertFarewell(client.nextEvent());
      assertEquals(after, client.nextEvent().number());
      client.leave();
    }
  }

  /** The status of what answered first of all, however often nobody listened. */
  private static int firstAnswerAfter(int connects, SseClient client) {
    long deadline = System.nanoTime() + START_DEADLINE.toNanos();
    int seen = connects;
    while (System.nanoTime() - deadline < 0) {
      int last = seen;
      Waiting.until("it tries again", () -> client.connects() > last, START_DEADLINE);
      seen = client.connects();
      try {
        return client.awaitHead().status();
      } catch (AssertionError nobodyListens) {
        // As while the listeners are closed; it comes back.
      }
    }
    throw new AssertionError("nobody answered within " + START_DEADLINE);
  }

  private static void assertFarewell(Block block) {
    assertEquals("server_shutdown", block.name());
    assertTrue(FAREWELL.matcher(block.text()).matches(), block.text());
  }

  @Test
  void saysFarewellAtSigterm_andHasEverythingAfterTheStart() {
    try (ClientLoop loop = new ClientLoop()) {
      SseClient client = door.client(loop, "orders").connect();
      client.awaitStanding();
      long last = door.publish("orders", "before", "1");
      assertEquals(last, client.nextEvent().number());
      server.terminate();

      assertFarewell(client.nextEvent());
      assertEquals(End.CLEAN, client.awaitEnd());

      server.start(ENVIRONMENT);
      awaitHub();
      long next = door.publish("orders", "after", "2");
      client.connect();
      assertEquals(next, client.nextEvent().number());
    }
  }

  @Test
  void leavesNothingBehind_howeverOftenItIsRedeployed() throws IOException {
    Path empty = emptyWar();
    server.admin("deploy", "--name", "empty", "--contextroot", "empty", empty.toString());
    redeploy("empty", empty, Sizes.REDEPLOYMENTS);
    server.admin("undeploy", "empty");
    redeploy("heliograph", TestServer.war(), 1);
    use();
    Traces before = Traces.of(server.pid());
    long loadersBefore = classLoaders();

    redeploy("heliograph", TestServer.war(), Sizes.REDEPLOYMENTS);
    use();

    assertEquals(before, Traces.of(server.pid()));
    assertEquals(1, new Jvm(server.pid()).instances("io.heliograph.Hub"));
    // The server's monitoring keeps the last stack that it looked at, and with it the classes
    // there.
    long more = classLoaders() - loadersBefore;
    assertTrue(more <= 1, more + " class loaders more");
  }

  private static void redeploy(String name, Path war, int times) {
    for (int i = 0; i < times; i++) {
      server.admin("redeploy", "--name", name, war.toAbsolutePath().toString());
    }
  }

  /** Everything that starts a thread or fills a cache. */
  private static void use() {
    awaitHub();
    try (ClientLoop loop = new ClientLoop()) {
      SseClient client = door.client(loop, "orders").connect();
      client.awaitStanding();
      assertEquals(door.publish("orders", "used", "1"), client.nextEvent().number());
      assertEquals(200, me("root", PASSWORD).status());
      client.leave();
    }
  }

  /**
   * What a deployment could leave.
   *
   * @param threads the hub's, by name without numbers; not those that come and go
   */
  private record Traces(long timers, Map<String, Integer> threads) {
    private static final Pattern NAME =
        Pattern.compile("^\"(heliograph-[^\"]*)\"", Pattern.MULTILINE);

    /** They end when they have nothing to do. */
    private static final String COME_AND_GO =
        "read-|watch-|body-|foreign-|history-|answer-|deliver-|database:connection-adder";

    static Traces of(long pid) {
      Map<String, Integer> threads = new TreeMap<>();
      Matcher name = NAME.matcher(String.join("\n", new Jvm(pid).threads()));
      while (name.find()) {
        threads.merge(name.group(1).replaceAll("[0-9]+", ""), 1, Integer::sum);
      }
      threads.keySet().removeIf(thread -> thread.matches("heliograph-(" + COME_AND_GO + ").*"));
      return new Traces(new Jvm(pid).instances("java.util.TimerThread"), threads);
    }
  }

  private static long classLoaders() {
    return new Jvm(server.pid()).instances("org.glassfish.web.loader.WebappClassLoader");
  }

  private static Path emptyWar() throws IOException {
    Path war = server.data().resolveSibling("empty.war");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(war))) {
      zip.putNextEntry(new ZipEntry("index.html"));
      zip.closeEntry();
    }
    return war;
  }

  private static void awaitHub() {
    Waiting.until("the hub answers", PayaraServerIT::isUp, START_DEADLINE);
  }

  private static boolean isUp() {
    try {
      return door.get("api/v2/me").status() == 200;
    } catch (UncheckedIOException e) {
      // Nobody listens yet.
      return false;
    }
  }

  private static Door.Answer me(String name, String password) {
    return door.as(null).send(as(name, password, "api/v2/me"));
  }

  private static HttpRequest.Builder as(String name, String password, String path) {
    String pair = name + ":" + password;
    URI address = server.address().resolve("hub/").resolve(path);
    return HttpRequest.newBuilder(address)
        .timeout(Waiting.DEADLINE)
        .header(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }
}
