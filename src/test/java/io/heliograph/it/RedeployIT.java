package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.embedded.Directories;
import io.heliograph.embedded.HubProcess;
import io.heliograph.embedded.Unlimited;
import io.heliograph.it.SseClient.End;
import io.heliograph.server.Deployments;
import io.heliograph.server.HubPlan;
import io.heliograph.server.Jvm;
import io.heliograph.server.RunningHub;
import io.heliograph.server.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A hub that is taken away and put back while its server runs, beside an application that does
 * nothing. Payara Server's is in {@link PayaraServerIT}; nobody redeploys on Payara Embedded.
 */
@EnabledIfSystemProperty(named = "arquillian.launch", matches = "wildfly|tomcat")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class RedeployIT {
  private static final String EMPTY = "empty";
  private static final String ROOT = "root";
  private static final String KEY =
      "\"name\":\"redeployed\",\"roles\":[\"events-read-all\",\"events-publish\"]";

  /**
   * What servers say of what applications leave, and of what failed. Tomcat takes a thread of its
   * own for the application's while that looks for changed files there.
   */
  private static final Pattern COMPLAINT =
      Pattern.compile(
          "(?!.*\\[Catalina-utility-)"
              + ".*(memory leak|failed to stop it|\\b(SEVERE|ERROR)\\b"
              + "|\\bWARN(ING)?\\b.*(zaxxer|jersey|jaxrs)).*");

  /** More than the thread lives that has waited for a process of the SQLite driver's. */
  private static final Duration SETTLE_DEADLINE = Duration.ofMinutes(2);

  private static final Path DIRECTORY = TestHub.directory("redeploy").toAbsolutePath();

  @SuppressWarnings("NullAway.Init")
  private static RunningHub hub;

  @SuppressWarnings("NullAway.Init")
  private static Door door;

  @SuppressWarnings("NullAway.Init")
  private static String password;

  @SuppressWarnings("NullAway.Init")
  private static Path temporary;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    Directories.delete(DIRECTORY);
    temporary = Files.createDirectories(DIRECTORY.resolve("temporary"));
    HubPlan plan =
        new HubPlan(
            HubProcess.freePort(),
            DIRECTORY,
            ROOT,
            Unlimited.besides(Map.of("heliograph.streams", "orders")),
            List.of(
                "-Xmx768m",
                // What only caches hold is to go at once; they would keep it for minutes.
                "-XX:SoftRefLRUPolicyMSPerMB=0",
                "-Djava.io.tmpdir=" + temporary),
            line -> {});
    hub = TestServer.ofThisBuild().launch(plan);
    door = new Door(hub.awaitReady(HubProcess.START_DEADLINE));
    password = hub.takeSecrets().get(0);
    // Tomcat has a place of its own for them.
    temporary = Path.of(new Jvm(hub.pid()).property("java.io.tmpdir"));
  }

  @AfterAll
  static void stop() {
    hub.close();
  }

  @Test
  void leavesNothingMoreThanAnEmptyApplicationDoes_howeverOftenItIsRedeployed() throws IOException {
    Deployments deployments = hub.deployments();
    Path empty = emptyWar();
    useAndUndeploy();
    for (int i = 0; i < Sizes.SERVER_REDEPLOYMENTS; i++) {
      deployments.deploy(EMPTY, empty);
      deployments.undeploy(EMPTY);
    }
    Traces before = Traces.of(hub, temporary);

    for (int i = 0; i < Sizes.SERVER_REDEPLOYMENTS; i++) {
      deployments.deploy(Deployments.ROOT, TestServer.war());
      useAndUndeploy();
    }

    assertEquals(before, settled(before));
    assertEquals(0, before.hubs());
    assertEquals(List.of(), complaints());
  }

  /** Does what starts threads and fills caches; somebody still reads when the hub goes. */
  private static void useAndUndeploy() throws IOException {
    Credentials credentials = new Credentials(door);
    try (ClientLoop loop = new ClientLoop()) {
      Door.Answer login =
          Credentials.post(
              credentials.nobody(), "api/v2/login", Credentials.loginBody(ROOT, password));
      assertEquals(200, login.status(), login.body());
      assertEquals(200, credentials.statusOfSession(Credentials.cookie(login)));
      Door keyed = door.as(credentials.key(KEY).text());
      SseClient client = keyed.client(loop, "orders").connect();
      client.awaitStanding();
      assertEquals(keyed.publish("orders", "used", "1"), client.nextEvent().number());
      assertEquals(200, keyed.get("api/v2/streams/orders/events").status());
      assertEquals(200, door.get("api/v2/metrics").status());
      assertEquals(200, door.get("api/v2/health/ready").status());
      hub.deployments().undeploy(Deployments.ROOT);

      assertEquals("server_shutdown", client.nextEvent().name());
      assertEquals(End.CLEAN, client.awaitEnd());
    }
  }

  /** What is there once it is as before, or at the deadline. */
  private static Traces settled(Traces before) {
    long end = System.nanoTime() + SETTLE_DEADLINE.toNanos();
    Traces now = Traces.of(hub, temporary);
    while (!now.equals(before) && System.nanoTime() - end < 0) {
      now = Traces.of(hub, temporary);
    }
    return now;
  }

  private static List<String> complaints() throws IOException {
    return Files.readAllLines(hub.log()).stream()
        .filter(line -> COMPLAINT.matcher(line).matches())
        .toList();
  }

  private static Path emptyWar() throws IOException {
    Path war = DIRECTORY.resolve("empty.war");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(war))) {
      zip.putNextEntry(new ZipEntry("index.html"));
      zip.closeEntry();
    }
    return war;
  }
}
