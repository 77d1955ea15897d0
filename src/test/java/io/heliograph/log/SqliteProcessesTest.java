package io.heliograph.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.Event;
import io.heliograph.event.EventId;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log in the hands of processes that end without notice, and of two at once. */
class SqliteProcessesTest {
  /** How often a process is killed: {@code -Dheliograph.test.kills=100} for a longer look. */
  private static final int KILLS = Integer.getInteger("heliograph.test.kills", 5);

  private final Path database;

  SqliteProcessesTest(@TempDir Path directory) {
    database = directory.resolve("log.db");
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            PublishingProcess.class.getName(),
            database.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /**
   * Invariants 1 and 2. Red when publishers were answered before the commit: acknowledged events
   * were not there.
   */
  @Test
  void acknowledgedEventsSurviveKillNine_withoutAHole() throws Exception {
    Random random = new Random();
    Map<Long, Integer> acknowledged = new HashMap<>();
    for (int kill = 0; kill < KILLS; kill++) {
      publishUntilKilled(50 + random.nextInt(3_000), acknowledged);
      checkThatAllAreThere(acknowledged);
    }
  }

  private void publishUntilKilled(int lines, Map<Long, Integer> acknowledged) throws Exception {
    Process process = start();
    int seen = 0;
    try (BufferedReader output = process.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        String[] words = line.split(" ", -1);
        if (words.length == 4 && words[3].equals(".")) {
          seen++;
          for (int i = 0; i < Integer.parseInt(words[1]); i++) {
            acknowledged.put(Long.parseLong(words[0]) + i, Integer.parseInt(words[2]) + i);
          }
        }
        if (seen == lines) {
          // Not Process's own: that closes the stream with what it printed last.
          process.toHandle().destroyForcibly();
        }
      }
    } finally {
      process.destroyForcibly();
    }
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    assertTrue(seen >= lines, "it published " + seen + " times before it was killed");
  }

  private void checkThatAllAreThere(Map<Long, Integer> acknowledged) {
    Map<Long, Integer> missing = new HashMap<>(acknowledged);
    try (EventLog log = new SqliteEventLog(database, InstantSource.system())) {
      EventId position = EventId.NONE;
      long before = 0;
      while (log.head().isAfter(position)) {
        Page page = log.readAll(position, 1_000);
        for (Event event : page.events()) {
          long id = event.id().value();
          boolean beginsSpan = id % (1 << 20) == 0;
          assertTrue(id == before + 1 || beginsSpan, () -> "hole before " + id);
          Integer data = missing.remove(id);
          if (data != null) {
            assertEquals(data.toString(), event.data().toString());
          }
          before = id;
        }
        position = page.through();
      }
    }
    assertEquals(Map.of(), missing, "acknowledged and not there");
  }

  /** Red when the second attempt opened and closed the lock file: that dropped the first's lock. */
  @Test
  void otherProcessIsRefused_alsoAfterASecondAttemptInThisOne() throws Exception {
    try (EventLog log = new SqliteEventLog(database, InstantSource.system())) {
      assertThrows(
          LogUnavailableException.class,
          () -> new SqliteEventLog(database, InstantSource.system()));
      Process other = start();
      try (BufferedReader output = other.inputReader()) {
        String line = String.valueOf(output.readLine());
        assertTrue(line.startsWith("refused") && line.contains("in another process"), line);
      } finally {
        other.destroyForcibly();
      }
      assertTrue(other.waitFor(20, TimeUnit.SECONDS));
      assertTrue(log.isKnown(log.head()));
    }
  }
}
