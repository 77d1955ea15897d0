package io.heliograph.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.Event;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** A disk that is full at the commit, a directory that others tidy up, rows that are damaged. */
class SqliteDamageTest extends EventLogFixture {
  private final Path directory;
  private final Path database;

  /** What the next commit does; the default is to commit. */
  private SqliteEventLog.Committing nextCommit = SqliteDamageTest::commit;

  SqliteDamageTest(@TempDir Path directory) {
    this.directory = directory;
    database = directory.resolve("log.db");
  }

  @Override
  EventLog open(HandClock handClock) {
    return new SqliteEventLog(
        database,
        handClock,
        connection -> {
          SqliteEventLog.Committing now = nextCommit;
          nextCommit = SqliteDamageTest::commit;
          now.commit(connection);
        });
  }

  private static void commit(SqliteConnection connection) throws SQLException {
    connection.execute("COMMIT");
  }

  private static void meetFullDisk(SqliteConnection connection) throws SQLException {
    throw new SQLiteException("database or disk is full (injected)", SQLiteErrorCode.SQLITE_FULL);
  }

  private static void commitAndMeetFullDisk(SqliteConnection connection) throws SQLException {
    commit(connection);
    meetFullDisk(connection);
  }

  private EventId append(String data) {
    return append(Drafts.draft("a", data)).get(0);
  }

  private long number(String sql) throws SQLException {
    try (SqliteConnection connection = SqliteConnection.open(database, false)) {
      return connection.number(sql);
    }
  }

  private void change(String sql) throws SQLException {
    try (Connection connection = SqliteConnection.connect(database, false);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * Red when the file was opened again: that writes a span, so the outcome was unknown, reading
   * ended, and where the opening found room each refused commit left a span behind.
   */
  @Test
  void fullDiskAtTheCommitStoresNothing_andReadingGoesOn() throws Exception {
    EventId first = append("1");
    long spans = number("SELECT count(*) FROM span");
    for (int i = 0; i < 3; i++) {
      nextCommit = SqliteDamageTest::meetFullDisk;
      LogUnavailableException e =
          assertThrows(LogUnavailableException.class, () -> append("refused"));
      assertTrue(String.valueOf(e.getMessage()).contains("make room"), e::getMessage);
      assertEquals(List.of("1"), data(everything(EventId.NONE)));
    }
    assertEquals(spans, number("SELECT count(*) FROM span"));
    assertEquals(plus(first, 1), append("2"), "the same span goes on");
    assertEquals(List.of("1", "2"), data(everything(EventId.NONE)));
  }

  /** Invariant 1. Red when the head stayed behind: the next event got the second's number. */
  @Test
  void fullDiskAfterTheCommit_givesTheReceiptsOfWhatIsStored() {
    append("1");
    nextCommit = SqliteDamageTest::commitAndMeetFullDisk;
    EventId second = append("2");
    assertEquals("2", log.find(second).orElseThrow().data().toString());
    assertTrue(append("3").isAfter(second));
    assertEquals(List.of("1", "2", "3"), data(everything(EventId.NONE)));
  }

  /**
   * Invariant 1. Red when only the database was looked at: what was acknowledged went into a file
   * without a name and was gone after {@code kill -9}.
   */
  @Test
  void losesNothing_whenTheWriteAheadLogIsRemoved() throws Exception {
    append("1");
    Files.delete(SqliteFile.writeAheadLog(database));
    append("2");
    assertEquals(List.of("1", "2"), whatAKilledHubLeaves("between"));

    nextCommit =
        connection -> {
          commit(connection);
          delete(SqliteFile.writeAheadLog(database));
        };
    append("3");
    assertEquals(List.of("1", "2", "3"), whatAKilledHubLeaves("during"));

    Files.delete(SqliteFile.writeAheadLog(database));
    assertEquals(List.of("1", "2", "3"), data(everything(EventId.NONE)));
    append("4");
    assertEquals(List.of("1", "2", "3", "4"), whatAKilledHubLeaves("read"));
    assertEquals(List.of("1", "2", "3", "4"), data(everything(EventId.NONE)));
  }

  /** Red when it was opened again all the same: events were only in the file without a name. */
  @Test
  void waitsWhileSomeoneReadsFromARemovedWriteAheadLog() throws Exception {
    append("1");
    try (Connection other = SqliteConnection.connect(database, false);
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN");
      statement.executeQuery("SELECT count(*) FROM event").close();
      append("2");
      Files.delete(SqliteFile.writeAheadLog(database));
      LogUnavailableException e =
          assertThrows(LogUnavailableException.class, () -> append("refused"));
      assertTrue(String.valueOf(e.getMessage()).contains("close"), e::getMessage);
    }
    append("3");
    assertEquals(List.of("1", "2", "3"), whatAKilledHubLeaves("afterwards"));
  }

  private static void delete(Path file) throws SQLException {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new SQLException(e);
    }
  }

  /** The events in a copy of the files that have names now. */
  private List<String> whatAKilledHubLeaves(String name) throws IOException {
    Path copy = Files.createDirectory(directory.resolve(name)).resolve("log.db");
    Files.copy(database, copy);
    Path writeAheadLog = SqliteFile.writeAheadLog(database);
    if (Files.exists(writeAheadLog)) {
      Files.copy(writeAheadLog, SqliteFile.writeAheadLog(copy));
    }
    try (EventLog left = new SqliteEventLog(copy, clock)) {
      List<Event> events = left.read(View.of("a"), EventId.NONE, 100).events();
      return data(events);
    }
  }

  /** Red without the rollback: every append failed from then on, within a transaction of a trim. */
  @Test
  void damagedRowEndsATrim_andNothingElse() throws Exception {
    append(Drafts.draft("a", "1", "k"), Drafts.draft("a", "2"));
    change("UPDATE event SET keys = 'no list' WHERE keys IS NOT NULL");
    assertThrows(RuntimeException.class, () -> log.trim(new TrimRule("a", Duration.ZERO, 1), 100));
    append("3");
  }

  /**
   * Red when the slice was only of events: 1,000 keys went each ten seconds, and a hub that takes
   * more kept them for ever.
   */
  @Test
  void trimsStaleKeysUntilNoneIsLeft() throws Exception {
    for (int i = 0; i < 250; i++) {
      append(keyed("key" + i, "digest", Drafts.draft("a", "1")));
    }
    assertEquals(250, number("SELECT count(*) FROM idempotency"));
    clock.advance(Duration.ofHours(25));
    TrimRule keepsAll = new TrimRule("a", Duration.ZERO, 0);
    int rounds = 0;
    while (log.trim(keepsAll, 100) == 100) {
      rounds++;
    }
    assertEquals(2, rounds);
    assertEquals(0, number("SELECT count(*) FROM idempotency"));
  }

  /** Red when the lock was named by the path as given: a link to its directory went past it. */
  @Test
  void secondHubIsRefused_byWhicheverNameOfTheDirectory() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
    LogUnavailableException e =
        assertThrows(
            LogUnavailableException.class, () -> new SqliteEventLog(link.resolve("log.db"), clock));
    assertTrue(String.valueOf(e.getMessage()).contains("in this JVM"), e::getMessage);
    assertFalse(everything(EventId.NONE).iterator().hasNext());
  }
}
