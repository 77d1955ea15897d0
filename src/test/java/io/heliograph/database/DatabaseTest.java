package io.heliograph.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** The file: who may read it, what opens it and what does not, and how a failure is told. */
class DatabaseTest {
  private static final String INSERT =
      "INSERT INTO tenant_member (name, tenant) VALUES ('maria', '7')";

  private final Path directory;
  private final Path file;

  DatabaseTest(@TempDir Path directory) {
    this.directory = directory;
    file = directory.resolve("hub.db");
  }

  private static int change(Database database, String sql) {
    return database.change("testing", handle -> handle.execute(sql));
  }

  private static long members(Database database) {
    return Long.parseLong(text(database, "SELECT count(*) FROM tenant_member"));
  }

  private static String text(Database database, String sql) {
    return database.read("testing", handle -> handle.createQuery(sql).mapTo(String.class).one());
  }

  private static void assertUnavailable(Executable executable, String... words) {
    DatabaseUnavailableException e = assertThrows(DatabaseUnavailableException.class, executable);
    for (String word : words) {
      assertTrue(String.valueOf(e.getMessage()).contains(word), e::getMessage);
    }
  }

  private static void makeOne(Path file) {
    try (Database database = Database.open(file)) {
      change(database, INSERT);
    }
  }

  /** Without the hub's own way of opening it. */
  private void tamper(String sql) throws Exception {
    try (Connection connection = SqliteSource.of(file, false).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void keepsWhatIsStored() {
    Path below = directory.resolve("made/on/the/way/hub.db");
    makeOne(below);
    try (Database database = Database.open(below)) {
      assertEquals(1, members(database));
    }
  }

  /** Red when others kept what they could do with it. */
  @Test
  void isForItsOwnersEyesOnly() throws IOException {
    try (Database database = Database.open(file)) {
      change(database, INSERT);
      assertEquals(
          List.of("hub.db rw-------", "hub.db-shm rw-------", "hub.db-wal rw-------"),
          permissions());
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    try (Database database = Database.open(file)) {
      change(database, "DELETE FROM tenant_member");
      assertEquals(
          List.of("hub.db rw-------", "hub.db-shm rw-------", "hub.db-wal rw-------"),
          permissions());
    }
  }

  private List<String> permissions() throws IOException {
    TreeMap<String, String> permissions = new TreeMap<>();
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path each : files) {
        permissions.put(
            each.getFileName().toString(),
            PosixFilePermissions.toString(Files.getPosixFilePermissions(each)));
      }
    }
    List<String> lines = new ArrayList<>();
    permissions.forEach((name, text) -> lines.add(name + " " + text));
    return lines;
  }

  @Test
  void commitsReachTheDisk_andReferencesHold() {
    try (Database database = Database.open(file)) {
      assertEquals("wal", text(database, "PRAGMA journal_mode"));
      assertEquals("2", text(database, "PRAGMA synchronous"), "FULL");
      assertEquals("2000", text(database, "PRAGMA busy_timeout"));
      assertUnavailable(
          () ->
              change(
                  database,
                  "INSERT INTO api_key_secret (id, key_id, hash, created)"
                      + " VALUES ('s', 'none', '', 0)"),
          "FOREIGN KEY");
    }
  }

  /** Red without the rollback: the connection went back to the pool in its transaction. */
  @Test
  void changeThatThrowsChangesNothing() {
    try (Database database = Database.open(file)) {
      assertThrows(
          IllegalStateException.class,
          () ->
              database.change(
                  "testing",
                  handle -> {
                    handle.execute(INSERT);
                    throw new IllegalStateException("not after all");
                  }));
      assertEquals(0, members(database));
      assertUnavailable(
          () ->
              database.change(
                  "testing", handle -> handle.execute(INSERT) + handle.execute("rubbish")));
      assertEquals(0, members(database));
      change(database, INSERT);
    }
  }

  /** Red when transactions began as readers. */
  @Test
  void changesWaitForOneAnother() throws Exception {
    try (Database database = Database.open(file);
        Database another = Database.open(file)) {
      change(database, INSERT);
      change(database, "UPDATE tenant_member SET tenant = '0'");
      ExecutorService threads = Executors.newFixedThreadPool(8);
      try {
        List<FutureTask<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          Database each = i % 2 == 0 ? database : another;
          FutureTask<Boolean> task = new FutureTask<>(() -> count(each), true);
          tasks.add(task);
          threads.execute(task);
        }
        for (FutureTask<Boolean> task : tasks) {
          assertTrue(task.get(60, TimeUnit.SECONDS));
        }
      } finally {
        threads.shutdownNow();
      }
      assertEquals("160", text(database, "SELECT tenant FROM tenant_member"));
    }
  }

  /** Reads and then writes what it read, twenty times. */
  private static void count(Database database) {
    for (int i = 0; i < 20; i++) {
      database.change(
          "testing",
          handle -> {
            int now = handle.createQuery("SELECT tenant FROM tenant_member").mapTo(int.class).one();
            return handle.execute("UPDATE tenant_member SET tenant = ?", String.valueOf(now + 1));
          });
    }
  }

  @Test
  void saysWhoseLockItWaitedFor() throws Exception {
    try (Database database = Database.open(file);
        Connection other = SqliteSource.of(file, false).getConnection();
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      assertUnavailable(() -> change(database, INSERT), "hub.db", "testing", "2000 ms");
      assertEquals(0, members(database), "reading goes on");
      statement.execute("ROLLBACK");
      change(database, INSERT);
    }
  }

  /** Red when those who waited to write held every connection: nobody's key could be looked up. */
  @Test
  void readingGoesOn_whileManyWaitToWrite() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (Database database = Database.open(file);
        Connection other = SqliteSource.of(file, false).getConnection();
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      CountDownLatch started = new CountDownLatch(8);
      List<Future<Integer>> writers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        writers.add(
            threads.submit(
                () -> {
                  started.countDown();
                  return change(database, INSERT + " ON CONFLICT (name) DO NOTHING");
                }));
      }
      assertTrue(started.await(20, TimeUnit.SECONDS));
      long began = System.nanoTime();
      long slowest = 0;
      while (millisSince(began) < 1_000) {
        long asked = System.nanoTime();
        assertEquals(0, members(database));
        slowest = Math.max(slowest, millisSince(asked));
      }
      assertTrue(slowest < 500, slowest + " ms");
      statement.execute("ROLLBACK");
      for (Future<Integer> writer : writers) {
        writer.get(20, TimeUnit.SECONDS);
      }
      assertEquals(1, members(database), "and then they write");
    } finally {
      threads.shutdownNow();
    }
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  /** Red when it was waited for without an end, or an interrupt was swallowed. */
  @Test
  void saysThatOthersWrote_andKeepsAnInterrupt() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(1);
    CountDownLatch release = new CountDownLatch(1);
    try (Database database = Database.open(file)) {
      CountDownLatch isWriting = new CountDownLatch(1);
      Future<Boolean> writer =
          threads.submit(
              () ->
                  database.change(
                      "testing",
                      handle -> {
                        isWriting.countDown();
                        return awaited(release);
                      }));
      assertTrue(isWriting.await(20, TimeUnit.SECONDS));
      assertUnavailable(() -> change(database, INSERT), "hub.db", "testing", "2000 ms");
      Thread.currentThread().interrupt();
      assertUnavailable(() -> change(database, INSERT), "hub.db", "testing", "interrupted");
      assertTrue(Thread.interrupted());
      release.countDown();
      assertTrue(writer.get(20, TimeUnit.SECONDS));
      change(database, INSERT);
    } finally {
      release.countDown();
      threads.shutdownNow();
    }
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Red with Jdbi's own messages. */
  @Test
  void noFailureSaysWhatWasToBeStored() {
    try (Database database = Database.open(file)) {
      DatabaseUnavailableException e =
          assertThrows(
              DatabaseUnavailableException.class,
              () ->
                  database.change(
                      "testing",
                      handle ->
                          handle
                              .createUpdate("INSERT INTO nowhere (hash) VALUES (:hash)")
                              .bind("hash", "confidential")
                              .execute()));
      for (Throwable each = e; each != null; each = each.getCause()) {
        assertFalse(String.valueOf(each.getMessage()).contains("confidential"), each::toString);
      }
    }
  }

  @Test
  void refusesWhatIsNoDatabase() throws IOException {
    Files.writeString(file, "this is no database at all, ".repeat(100));
    assertUnavailable(() -> Database.open(file), "hub.db", "opening", "NOTADB", "backup");
    assertUnavailable(() -> Database.open(file.resolve("below/hub.db")), "heliograph.data");
    assertUnavailable(() -> Database.open(directory), "directory");
  }

  @Test
  void saysThatItIsDamaged() throws Exception {
    makeOne(file);
    try (Database database = Database.open(file)) {
      change(database, INSERT.replace("maria", "joe"));
    }
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(4096);
      bytes.write(new byte[(int) bytes.length() - 4096]);
    }
    assertUnavailable(
        () -> {
          try (Database database = Database.open(file)) {
            members(database);
          }
        },
        "hub.db",
        "damaged");
  }

  /**
   * A format version that is unknown for writing: for SQLite the same as a file that may not be
   * written.
   *
   * @see <a href="https://www.sqlite.org/fileformat.html">1.3.3: File format version numbers</a>
   */
  @Test
  void refusesAFileThatMayOnlyBeRead() throws Exception {
    makeOne(file);
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(18);
      bytes.write(3);
    }
    assertUnavailable(() -> Database.open(file), "hub.db", "READONLY", "server's user");
  }

  /** Red with Flyway's own rule, which lets a newer schema pass. */
  @Test
  void refusesANewerHubsTables() throws Exception {
    makeOne(file);
    tamper(
        "INSERT INTO flyway_schema_history SELECT 2, '99', 'of a later hub', type, 'V99__x.sql', 1,"
            + " installed_by, installed_on, 0, 1 FROM flyway_schema_history WHERE version = '1'");
    assertUnavailable(() -> Database.open(file), "hub.db", "99", "later one");
  }

  @Test
  void refusesTablesOfSomethingElse() throws Exception {
    try (Connection connection = SqliteSource.of(file, true).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE song (title TEXT)");
    }
    assertUnavailable(() -> Database.open(file), "hub.db", "not this hub's");
  }

  @Test
  void failsWithASentence_afterItWasClosed() {
    Database database = Database.open(file);
    database.close();
    database.close();
    assertUnavailable(() -> members(database), "hub.db", "testing");
  }

  /** Red when the pool was left open. */
  @Test
  void holdsNothingAfterClose() throws IOException {
    long drivers = DriverManager.drivers().count();
    Database database = Database.open(file);
    change(database, INSERT);
    assertTrue(openFiles() > 0);
    database.close();
    assertEquals(0, openFiles());
    assertEquals(List.of("hub.db rw-------"), permissions(), "all of it is in the database");
    assertEquals(drivers, DriverManager.drivers().count());
    assertEquals(
        List.of(),
        System.getProperties().stringPropertyNames().stream()
            .filter(name -> name.contains("hikari"))
            .toList());
  }

  /** How many files below the test's directory this process has open, as Linux tells it. */
  private int openFiles() throws IOException {
    int open = 0;
    try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors) {
        if (Files.isSymbolicLink(descriptor)
            && Files.readSymbolicLink(descriptor).startsWith(directory)) {
          open++;
        }
      }
    }
    return open;
  }

  @Test
  void opensWhateverTheThreadsClassLoaderIs() throws Exception {
    FutureTask<Database> opening = new FutureTask<>(() -> Database.open(file));
    Thread thread = new Thread(opening);
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    thread.start();
    try (Database database = opening.get(20, TimeUnit.SECONDS)) {
      change(database, INSERT);
    }
  }
}
