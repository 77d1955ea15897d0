package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteDataSource;

/** The log out of reach: nothing is acknowledged, connections stay, all resumes by itself. */
class LogOutOfReachIT {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "streams", "beating",
          "stream.beating.heartbeat.every", "1s",
          "stream.beating.history.events", "0");

  private final List<Long> acknowledged = new ArrayList<>();
  private ClientLoop loop;

  @BeforeEach
  void open() {
    loop = new ClientLoop();
  }

  @AfterEach
  void close() {
    loop.close();
  }

  private void publish(TestHub hub) {
    acknowledged.add(hub.door().publish("beating", "t", "1"));
  }

  private SseClient reader(TestHub hub) {
    SseClient client = hub.door().client(loop, "beating").at("0").connect();
    client.awaitStanding();
    for (long id : acknowledged) {
      assertEquals(id, client.nextEvent().number());
    }
    return client;
  }

  /** One try while the log is out of reach. */
  private static void assertRefused(TestHub hub) {
    Door.Answer answer =
        hub.door().post("beating", Door.JSON, "{\"type\":\"t\",\"data\":\"refused\"}");
    assertRefused(answer);
  }

  private static void assertRefused(Door.Answer answer) {
    String sentence = answer.problem(503, "log-unavailable");
    assertTrue(sentence.contains("nothing was stored"), sentence);
    assertTrue(Integer.parseInt(answer.header("Retry-After")) > 0);
  }

  /**
   * Waits until the node is ready or not, and whoever asks is told which check says so; it is alive
   * whatever the log does.
   */
  private static void awaitReady(TestHub hub, boolean isReady, String... downNames) {
    Door anybody = hub.door().as(null);
    Waiting.until(
        "ready: " + isReady,
        () -> anybody.get("api/v2/health/ready").status() == (isReady ? 200 : 503));
    JsonObject ready = anybody.get("api/v2/health/ready").json();
    assertEquals(isReady ? "UP" : "DOWN", ready.getString("status"));
    assertEquals(
        Set.of(downNames),
        ready.getJsonArray("checks").getValuesAs(JsonObject.class).stream()
            .filter(check -> check.getString("status").equals("DOWN"))
            .map(check -> check.getString("name"))
            .collect(Collectors.toSet()));
    Door.Answer live = anybody.get("api/v2/health/live");
    assertEquals(200, live.status(), live.body());
  }

  private static void assertBeats(SseClient client) {
    for (int beats = 0; beats < 2; ) {
      Block block = client.next();
      assertTrue(!block.isEvent(), () -> "this was never acknowledged: " + block);
      beats += block.isComment() ? 1 : 0;
    }
  }

  /** Waits until it takes events again, and checks that old and new ones are there. */
  private void assertResumes(TestHub hub, SseClient client) {
    Waiting.until(
        "the hub takes events again",
        () -> {
          Door.Answer answer =
              hub.door().post("beating", Door.JSON, "{\"type\":\"t\",\"data\":\"again\"}");
          if (answer.status() == 201) {
            acknowledged.add(answer.id());
          }
          return answer.status() == 201;
        });
    Block next = client.nextEvent();
    assertEquals("\"again\"", next.text());
    assertEquals(acknowledged.get(acknowledged.size() - 1), next.number());
    assertEquals(1, client.connects());
    reader(hub).leave();
  }

  @Test
  void lockedByAnotherProcess() throws SQLException {
    try (TestHub hub = TestHub.start("log-locked", SETTINGS)) {
      publish(hub);
      SseClient client = reader(hub);
      awaitReady(hub, true);
      try (Connection other = open(hub.data().resolve("log.db"));
          Statement statement = other.createStatement()) {
        statement.execute("BEGIN EXCLUSIVE");
        // Before anybody publishes.
        awaitReady(hub, false, "log-append");
        assertRefused(hub);
        assertBeats(client);
        statement.execute("ROLLBACK");
      }
      // Before anybody publishes again: who is not ready gets no requests.
      awaitReady(hub, true);
      assertResumes(hub, client);
      assertEquals(acknowledged.get(0) + 1, acknowledged.get(1), "a refused event was stored");
    }
  }

  private static Connection open(Path file) throws SQLException {
    // Not the DriverManager: the server of other tests takes away what is registered there.
    SQLiteDataSource database = new SQLiteDataSource();
    database.setUrl("jdbc:sqlite:" + file);
    return database.getConnection();
  }

  /** The tables beside the log: keys, tickets and sessions. Metrics are read all the while. */
  @Test
  void notReady_whileTheOtherTablesAreLocked() throws SQLException {
    Map<String, String> settings = new HashMap<>(SETTINGS);
    settings.put("metrics.access", "public");
    try (TestHub hub = TestHub.start("tables-locked", settings)) {
      awaitReady(hub, true);
      try (Connection other = open(hub.data().resolve("hub.db"));
          Statement statement = other.createStatement()) {
        statement.execute("BEGIN EXCLUSIVE");
        awaitReady(hub, false, "database");
        Door.Answer metrics = hub.door().as(null).get("api/v2/metrics");
        assertEquals(200, metrics.status());
        assertTrue(metrics.body().contains("heliograph_connections_active 0.0"), metrics::body);
        assertEquals(401, hub.door().as("nonsense").get("api/v2/metrics").status());
        statement.execute("ROLLBACK");
      }
      awaitReady(hub, true);
    }
  }

  @Test
  void movedAwayAndBack() throws IOException {
    try (TestHub hub = TestHub.start("log-moved", SETTINGS)) {
      publish(hub);
      SseClient client = reader(hub);
      Path away = Files.createDirectories(hub.data().resolveSibling("log-moved-away"));
      move(hub.data(), away);
      assertRefused(hub);
      assertBeats(client);
      Waiting.until(
          "new connections are refused",
          () -> {
            SseClient newcomer = hub.door().client(loop, "beating").connect();
            boolean isRefused = newcomer.awaitHead().status() == 503;
            if (isRefused) {
              assertNotEquals(null, newcomer.awaitHead().header("Retry-After"));
              assertTrue(newcomer.awaitBody().contains("\"error\":"));
            }
            newcomer.leave();
            return isRefused;
          });
      assertRefused(hub);
      awaitReady(hub, false, "log-append", "log-read");
      move(away, hub.data());
      awaitReady(hub, true);
      assertResumes(hub, client);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try (var files = Files.newDirectoryStream(from, "log.db*")) {
      for (Path file : files) {
        Files.move(file, to.resolve(file.getFileName()));
      }
    }
  }

  /** Needs a small disk of its own, which only root may mount; elsewhere it is passed by. */
  @Test
  void diskFull() throws IOException, InterruptedException {
    Path disk = Files.createDirectories(TestHub.directory("log-disk")).toAbsolutePath();
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", disk.toString()),
        "a tmpfs cannot be mounted here");
    try (TestHub hub = TestHub.start(disk.resolve("data"), SETTINGS)) {
      publish(hub);
      SseClient client = reader(hub);
      Path ballast = disk.resolve("ballast");
      fill(ballast);
      for (int size : new int[] {100_000, 2_000, 1}) {
        publishUntilRefused(hub, client, size);
      }
      assertBeats(client);
      awaitReady(hub, false, "log-append");
      Files.delete(ballast);
      awaitReady(hub, true);
      assertResumes(hub, client);
    } finally {
      assertTrue(run("umount", "-l", disk.toString()));
    }
  }

  /** Some events may still fit into what the log's files have. */
  private void publishUntilRefused(TestHub hub, SseClient client, int size) {
    String event = "{\"type\":\"t\",\"data\":\"" + "x".repeat(size) + "\"}";
    Door.Answer answer = hub.door().post("beating", Door.JSON, event);
    for (int tries = 0; answer.status() == 201 && tries < 2000; tries++) {
      acknowledged.add(answer.id());
      assertEquals(answer.id(), client.nextEvent().number());
      answer = hub.door().post("beating", Door.JSON, event);
    }
    assertRefused(answer);
  }

  private static void fill(Path file) {
    byte[] bytes = new byte[4096];
    try (var out = Files.newOutputStream(file)) {
      while (true) {
        out.write(bytes);
      }
    } catch (IOException e) {
      assertTrue(String.valueOf(e.getMessage()).contains("space"), e.toString());
    }
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    if (status != 0) {
      System.out.println(String.join(" ", command) + ": " + said);
    }
    return status == 0;
  }
}
