package io.heliograph.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.Event;
import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What becomes of acknowledged events, and of those that are not, when the file fails. */
class SqliteFaultsTest {
  private final HandClock clock = new HandClock();
  private final Path directory;
  private final Path database;
  private final String node = UUID.randomUUID().toString();
  private long batches;
  private SqliteEventLog log;

  /** What the next commit does; the default is to commit. */
  private SqliteEventLog.Committing nextCommit = SqliteFaultsTest::commit;

  SqliteFaultsTest(@TempDir Path directory) {
    this.directory = directory;
    database = directory.resolve("log.db");
  }

  @BeforeEach
  void openLog() {
    log = open(database);
  }

  @AfterEach
  void closeLog() {
    log.close();
  }

  private SqliteEventLog open(Path path) {
    return new SqliteEventLog(
        path,
        clock,
        connection -> {
          SqliteEventLog.Committing now = nextCommit;
          nextCommit = SqliteFaultsTest::commit;
          now.commit(connection);
        });
  }

  private static void commit(SqliteConnection connection) throws SQLException {
    connection.execute("COMMIT");
  }

  private static SQLException ioError() {
    return new SQLiteException("disk I/O error (injected)", SQLiteErrorCode.SQLITE_IOERR_FSYNC);
  }

  private static void failBefore(SqliteConnection connection) throws SQLException {
    throw ioError();
  }

  private static void failAfter(SqliteConnection connection) throws SQLException {
    commit(connection);
    throw ioError();
  }

  private Batch batch(EventDraft... drafts) {
    return new Batch(node, ++batches, List.of(Publication.of(List.of(drafts))));
  }

  private EventId append(String data) {
    return id(log.append(batch(Drafts.draft("a", data))));
  }

  private static EventId id(List<Receipt> receipts) {
    return EventLogFixture.ids(receipts.get(0)).get(0);
  }

  private List<String> everything() {
    List<Event> events = new ArrayList<>();
    EventId position = EventId.NONE;
    while (log.head().isAfter(position)) {
      Page page = log.readAll(position, 100);
      assertTrue(page.through().isAfter(position), "a page must get on");
      events.addAll(page.events());
      position = page.through();
    }
    return EventLogFixture.data(events);
  }

  private static void assertSays(Exception e, String... words) {
    for (String word : words) {
      assertTrue(String.valueOf(e.getMessage()).contains(word), e::getMessage);
    }
  }

  // Commits.

  /** Invariant 1. Red when a failed commit was answered with "nothing was stored". */
  @Test
  void storesOnce_whenTheCommitFailedBeforeItHappened() {
    append("1");
    nextCommit = SqliteFaultsTest::failBefore;
    EventId id = append("2");
    assertEquals(List.of("1", "2"), everything());
    assertEquals("2", log.find(id).orElseThrow().data().toString());
  }

  /** Invariant 1. Red when the batch was stored again without a look: "2" was there twice. */
  @Test
  void storesOnce_whenTheCommitFailedAfterItHappened() {
    append("1");
    nextCommit = SqliteFaultsTest::failAfter;
    EventId id = append("2");
    append("3");
    assertEquals(List.of("1", "2", "3"), everything());
    assertEquals("2", log.find(id).orElseThrow().data().toString());
  }

  @Test
  void outcomeIsUnknown_whenTheCommitFailedAndTheFileIsGone_andIsSettledWhenItIsBack()
      throws IOException {
    append("1");
    Path away = directory.resolve("away.db");
    Batch batch = batch(Drafts.draft("a", "2"));
    nextCommit =
        connection -> {
          commit(connection);
          move(database, away);
          throw ioError();
        };
    OutcomeUnknownException unknown =
        assertThrows(OutcomeUnknownException.class, () -> log.append(batch));
    assertSays(unknown, database.toString(), "idempotency key");
    assertThrows(LogUnavailableException.class, () -> log.append(batch));

    Files.move(away, database);
    List<Receipt> receipts = log.append(batch);
    assertInstanceOf(Receipt.Stored.class, receipts.get(0));
    assertEquals(List.of("1", "2"), everything());
  }

  private static void move(Path from, Path to) throws SQLException {
    try {
      Files.move(from, to);
    } catch (IOException e) {
      throw new SQLException(e);
    }
  }

  /** Invariant 1. Red without the look after the commit: "2" was acknowledged and in no log. */
  @Test
  void acknowledgesNothingThatWentIntoAFileMovedAwayDuringTheCommit() throws Exception {
    append("1");
    Path copy = directory.resolve("copy.db");
    copyTo(copy);
    nextCommit =
        connection -> {
          move(database, directory.resolve("away.db"));
          move(copy, database);
          commit(connection);
        };
    append("2");
    assertEquals(List.of("1", "2"), everything());
  }

  /** A copy as a backup tool makes it. */
  private void copyTo(Path copy) throws SQLException {
    try (Connection connection = SqliteConnection.connect(database, false);
        Statement statement = connection.createStatement()) {
      statement.execute("VACUUM INTO '" + copy + "'");
    }
  }

  // A file that does not take what it is given.

  @Test
  void saysThatItIsLocked_andGoesOnWhenItIsNot() throws Exception {
    try (Connection other = SqliteConnection.connect(database, false);
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      LogUnavailableException e =
          assertThrows(LogUnavailableException.class, () -> append("refused"));
      assertSays(e, database.toString(), "SQLITE_BUSY", "another process");
      assertEquals(List.of(), log.readAll(EventId.NONE, 10).events(), "reading goes on");
      statement.execute("ROLLBACK");
    }
    EventId before = log.head();
    append("1");
    assertEquals(EventLogFixture.plus(before, 1), log.head(), "the same span goes on");
    assertEquals(List.of("1"), everything());
  }

  @Test
  void saysThatTheDiskIsFull_andGoesOnWhenThereIsRoom() throws Exception {
    List<SqliteConnection> writer = new ArrayList<>();
    nextCommit =
        connection -> {
          writer.add(connection);
          commit(connection);
        };
    append("1");
    long pages = writer.get(0).number("PRAGMA page_count");
    writer.get(0).text("PRAGMA max_page_count = " + (pages + 2));
    String large = "x".repeat(EventData.LIMIT_BYTES);
    LogUnavailableException e = assertThrows(LogUnavailableException.class, () -> append(large));
    assertSays(e, "SQLITE_FULL", "make room", "history.events");
    assertEquals(List.of("1"), everything());

    writer.get(0).text("PRAGMA max_page_count = 1000000");
    append(large);
    append("2");
    assertEquals(List.of("1", large, "2"), everything());
  }

  /** Red without the second pass: one publication that the database refuses failed all. */
  @Test
  void refusesOnlyThePublicationThatTheDatabaseWillNotTake() throws Exception {
    try (Connection other = SqliteConnection.connect(database, false);
        Statement statement = other.createStatement()) {
      statement.execute(
          "CREATE TRIGGER poison BEFORE INSERT ON event WHEN new.data = CAST('poison' AS BLOB)"
              + " BEGIN SELECT RAISE(ABORT, 'poisonous'); END");
    }
    EventId before = log.head();
    List<Receipt> receipts =
        log.append(
            new Batch(
                node,
                ++batches,
                List.of(
                    Drafts.publication(Drafts.draft("a", "1")),
                    Drafts.publication(Drafts.draft("new", "2", "k"), Drafts.draft("a", "poison")),
                    Drafts.publication(Drafts.draft("new", "3")))));
    assertInstanceOf(Receipt.Stored.class, receipts.get(0));
    Receipt.Refused refused = assertInstanceOf(Receipt.Refused.class, receipts.get(1));
    assertTrue(refused.reason().contains("poisonous"), refused.reason());
    assertEquals(List.of(EventLogFixture.plus(before, 2)), EventLogFixture.ids(receipts.get(2)));
    assertEquals(List.of("1", "3"), everything());
    assertEquals(List.of(), log.read(View.of("new").withKey("k"), before, 10).events());
    append("4");
    assertEquals(List.of("1", "3", "4"), everything());
  }

  // A file that is not where it was.

  /** Red without the look at the path: events were acknowledged into a file that had no name. */
  @Test
  void isUnavailableWhileTheFileIsAway_andGoesOnWhenItIsBack() throws Exception {
    append("1");
    EventId last = log.head();
    Path away = directory.resolve("away.db");
    Files.move(database, away);

    LogUnavailableException e = assertThrows(LogUnavailableException.class, () -> append("lost"));
    assertSays(e, database.toString(), "gone", "put it back");
    assertThrows(LogUnavailableException.class, () -> log.readAll(EventId.NONE, 1));
    assertThrows(
        LogUnavailableException.class, () -> log.trim(new TrimRule("a", Duration.ZERO, 1), 1));
    assertFalse(Files.exists(database), "no new file is made while running");
    assertTrue(log.isKnown(last));

    Files.move(away, database);
    assertEquals(List.of("1"), everything());
    assertTrue(append("2").isAfter(last));
    assertEquals(List.of("1", "2"), everything());
    assertTrue(log.isKnown(last));
  }

  /**
   * Red with the old write-ahead log left beside the new file: SQLite took the pages of one for the
   * other's and found the database damaged.
   */
  @Test
  void goesOnWithTheFileThatReplacedIt_inASpanBeyondEverythingGivenBefore() throws Exception {
    append("1");
    Path copy = directory.resolve("copy.db");
    copyTo(copy);
    append("2");
    EventId forgotten = append("3");
    Files.move(copy, database, StandardCopyOption.REPLACE_EXISTING);

    assertEquals(List.of("1"), everything());
    assertFalse(log.isKnown(forgotten));
    assertTrue(append("4").isAfter(forgotten));
    assertEquals(List.of("1", "4"), everything());
    try (Connection connection = SqliteConnection.connect(database, false);
        Statement statement = connection.createStatement();
        var row = statement.executeQuery("PRAGMA integrity_check")) {
      assertEquals("ok", row.next() ? row.getString(1) : "no answer");
    }
  }

  /** Invariant 2. Red when an opening went on after the file's own last number. */
  @Test
  void oldFileRestored_neverGivesANumberTwice() throws Exception {
    append("1");
    log.close();
    Path backup = directory.resolve("backup.db");
    Files.copy(database, backup);
    List<EventId> given = new ArrayList<>();
    for (int opening = 0; opening < 3; opening++) {
      clock.advance(Duration.ofSeconds(1));
      log = open(database);
      given.add(log.head());
      given.add(append("forgotten"));
      log.close();
    }
    Files.copy(backup, database, StandardCopyOption.REPLACE_EXISTING);
    clock.advance(Duration.ofSeconds(1));
    log = open(database);

    for (EventId id : given) {
      assertFalse(log.isKnown(id), () -> id + " belongs to events that this file never had");
      assertTrue(append("new").isAfter(id));
    }
  }

  @Test
  void readsGoOnInTheNewFile_whenTheyFindItReplaced() throws Exception {
    append("1");
    Path copy = directory.resolve("copy.db");
    copyTo(copy);
    List<EventId> heads = new ArrayList<>();
    log.follow(() -> heads.add(log.head()));
    append("2");
    Files.move(copy, database, StandardCopyOption.REPLACE_EXISTING);
    assertEquals(1, log.read(View.of("a"), EventId.NONE, 10).events().size());
    assertEquals(2, heads.size(), "the follower is told of the new span");
    assertEquals(log.head(), heads.get(1));
  }

  /** Invariant 2. Red when a page ran over what is missing: 2 was skipped in silence. */
  @Test
  void followersPageEndsBeforeANumberThatIsMissing() throws Exception {
    EventId first = append("1");
    EventId missing = append("2");
    append("3");
    try (Connection other = SqliteConnection.connect(database, false);
        Statement statement = other.createStatement()) {
      statement.execute("DELETE FROM event WHERE seq = " + missing);
    }
    Page page = log.readAll(EventId.NONE, 10);
    assertEquals(List.of("1"), EventLogFixture.data(page.events()));
    assertEquals(first, page.through());
    assertEquals(new Page(List.of(), first, first), log.readAll(first, 10));
  }

  // Opening and closing.

  /**
   * A file is opened again by whichever thread finds it replaced; servers give each its own loader.
   */
  @Test
  void opensWhateverTheThreadsClassLoaderIs() throws Exception {
    log.close();
    FutureTask<SqliteEventLog> opening = new FutureTask<>(() -> open(database));
    Thread thread = new Thread(opening);
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    thread.start();
    log = opening.get(20, TimeUnit.SECONDS);
    append("1");
  }

  @Test
  void secondHubIsRefused_untilTheFirstIsClosed() {
    for (int attempt = 0; attempt < 2; attempt++) {
      LogUnavailableException e = assertThrows(LogUnavailableException.class, () -> open(database));
      assertSays(e, "log.db.lock", "heliograph.data", "in this JVM");
    }
    append("1");
    log.close();
    log = open(database);
    assertEquals(List.of("1"), everything());
  }

  @Test
  void saysWhy_whenItCannotBeOpened() throws IOException {
    Path noDatabase = directory.resolve("text.db");
    Files.writeString(noDatabase, "this is no database at all, ".repeat(100));
    assertSays(
        assertThrows(LogUnavailableException.class, () -> open(noDatabase)),
        "text.db",
        "SQLITE_NOTADB",
        "backup");
    assertSays(
        assertThrows(LogUnavailableException.class, () -> open(noDatabase.resolve("sub/log.db"))),
        "directory",
        "heliograph.data");
    assertThrows(LogUnavailableException.class, () -> open(noDatabase), "the lock was released");
  }

  /** Invariant 8. Red when a connection of the pool was left open. */
  @Test
  void holdsNothingAfterClose() throws IOException {
    append("1");
    everything();
    log.read(View.of("a"), EventId.NONE, 1);
    assertFalse(openFiles().isEmpty());
    log.close();
    assertEquals(List.of(), openFiles());
    assertFalse(Files.exists(SqliteFile.writeAheadLog(database)), "all of it is in the database");
    assertEquals(
        0,
        System.getProperties().stringPropertyNames().stream()
            .filter(name -> name.contains(database.toString()))
            .count());
  }

  /** What this process has open below the test's directory, as Linux tells it. */
  private List<String> openFiles() throws IOException {
    List<String> open = new ArrayList<>();
    try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors) {
        if (Files.isSymbolicLink(descriptor)) {
          String target = Files.readSymbolicLink(descriptor).toString();
          if (target.startsWith(directory.toString())) {
            open.add(target);
          }
        }
      }
    }
    return open;
  }

  // The write-ahead log.

  /** Invariant 4. Red without own checkpoints: the write-ahead log had every byte ever appended. */
  @Test
  void writeAheadLogStaysSmall() throws IOException {
    String data = "x".repeat(64 * 1024);
    for (int i = 0; i < 400; i++) {
      append(data);
      assertTrue(writeAheadLogBytes() < 5L << 20, "after " + i);
    }
    assertTrue(Files.size(database) > 20L << 20);
  }

  @Test
  void writeAheadLogGrowsWhileSomeoneReads_andShrinksAfterwards() throws Exception {
    String data = "x".repeat(64 * 1024);
    try (Connection other = SqliteConnection.connect(database, false);
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN");
      statement.executeQuery("SELECT count(*) FROM event").close();
      for (int i = 0; i < 200; i++) {
        append(data);
      }
      assertTrue(writeAheadLogBytes() > 12L << 20);
    }
    for (int i = 0; i < 40; i++) {
      append(data);
    }
    assertTrue(writeAheadLogBytes() < 5L << 20);
    assertEquals(240, everything().size());
  }

  private long writeAheadLogBytes() throws IOException {
    return Files.size(SqliteFile.writeAheadLog(database));
  }
}
