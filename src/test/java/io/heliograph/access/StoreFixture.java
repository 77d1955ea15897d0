package io.heliograph.access;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.benmanes.caffeine.cache.Ticker;
import io.heliograph.database.Database;
import io.heliograph.database.SqliteSource;
import io.heliograph.log.HandClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A real database, and a clock that stands still until a test moves it. */
abstract class StoreFixture {
  /** What no store may choke on, nor find anything by. */
  static final List<String> RUBBISH =
      List.of(
          "",
          " ",
          "\0",
          "hk_",
          "ht_",
          "hk_\0",
          "' OR '1'='1",
          "x'; DROP TABLE api_key; --",
          "%",
          "_",
          ":id <ids> ? \\",
          "\ud800",
          "héliographe 日本 🛰",
          "hk_aaaaaaaaaaaa_" + "é".repeat(43),
          "ht_" + "\0".repeat(43),
          "a".repeat(43),
          "x".repeat(1 << 20));

  final HandClock clock = new HandClock();
  final Ticker ticker = () -> TimeUnit.MILLISECONDS.toNanos(clock.millis());
  final Path file;
  final Database database;
  private final Path directory;
  private final List<Database> others = new ArrayList<>();

  StoreFixture(@TempDir Path directory) {
    this.directory = directory;
    file = directory.resolve("hub.db");
    database = Database.open(file);
  }

  @AfterEach
  void closeDatabases() {
    database.close();
    others.forEach(Database::close);
  }

  /** The same file, as another node has it. */
  final Database another() {
    Database another = Database.open(file);
    others.add(another);
    return another;
  }

  final void wait(Duration duration) {
    clock.advance(duration);
  }

  /** Nobody can change anything while {@code doing} is done. */
  final void whileLocked(Executable doing) throws Throwable {
    try (Connection other = SqliteSource.of(file, false).getConnection();
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      doing.execute();
      statement.execute("ROLLBACK");
    }
  }

  final int change(String sql) {
    return database.change("testing", handle -> handle.execute(sql));
  }

  final String text(String sql) {
    return database.read(
        "testing",
        handle -> String.valueOf(handle.createQuery(sql).mapTo(String.class).findFirst().get()));
  }

  /** Looks at the bytes of every file there is, while it is open and after it was closed. */
  final void assertNowhereInTheFiles(String secret, String isThere) throws IOException {
    assertFalse(isInTheFiles(secret), "while open");
    assertTrue(isInTheFiles(isThere), "a look that finds nothing proves nothing");
    closeDatabases();
    assertFalse(isInTheFiles(secret), "when closed");
    assertTrue(isInTheFiles(isThere), "a look that finds nothing proves nothing");
  }

  private boolean isInTheFiles(String text) throws IOException {
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path each : files) {
        if (new String(Files.readAllBytes(each), StandardCharsets.ISO_8859_1).contains(text)) {
          return true;
        }
      }
    }
    return false;
  }

  static String refusal(Executable presenting) {
    return String.valueOf(assertThrows(InvalidCredentialException.class, presenting).getMessage());
  }

  static void assertRefusedFor(String field, Executable granting) {
    InvalidGrantException e = assertThrows(InvalidGrantException.class, granting);
    assertTrue(
        e.field().equals(field) && String.valueOf(e.getMessage()).startsWith(field + ": "),
        e::getMessage);
  }

  /** What each of {@code callables} came to, begun at the same time. */
  static <T> List<Future<T>> together(List<Callable<T>> callables) throws InterruptedException {
    CyclicBarrier start = new CyclicBarrier(callables.size());
    ExecutorService threads = Executors.newFixedThreadPool(callables.size());
    try {
      List<Callable<T>> racing = new ArrayList<>();
      for (Callable<T> callable : callables) {
        racing.add(
            () -> {
              start.await(20, TimeUnit.SECONDS);
              return callable.call();
            });
      }
      return threads.invokeAll(racing, 60, TimeUnit.SECONDS);
    } finally {
      threads.shutdownNow();
    }
  }
}
