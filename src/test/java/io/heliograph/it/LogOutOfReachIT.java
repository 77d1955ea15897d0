package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
      // Not the DriverManager: the server of other tests takes away what is registered there.
      SQLiteDataSource database = new SQLiteDataSource();
      database.setUrl("jdbc:sqlite:" + hub.data().resolve("log.db"));
      try (Connection other = database.getConnection();
          Statement statement = other.createStatement()) {
        statement.execute("BEGIN EXCLUSIVE");
        assertRefused(hub);
        assertBeats(client);
        statement.execute("ROLLBACK");
      }
      assertResumes(hub, client);
      assertEquals(acknowledged.get(0) + 1, acknowledged.get(1), "a refused event was stored");
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
      move(away, hub.data());
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
      Files.delete(ballast);
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
