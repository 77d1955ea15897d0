package io.heliograph.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.EventDraft;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How SQLite runs the log's queries: all that reads ask, and all that the writer prepares. */
class QueryPlanTest {
  /**
   * Deliberate: tables of a few rows (a stream, an opening or a node each), and the newest event,
   * which is the first row of a scan backwards.
   */
  private static final Set<String> SCANS =
      Set.of(
          SqliteReads.TRIMMED,
          "SELECT max(time) FROM batch",
          "SELECT max(first) FROM span",
          "SELECT max(last) FROM batch",
          "SELECT first, last FROM span ORDER BY first",
          "DELETE FROM span WHERE first <= (SELECT first FROM span ORDER BY first DESC LIMIT 1"
              + " OFFSET ?)",
          "DELETE FROM batch WHERE time <= ? AND last < (SELECT max(last) FROM batch)",
          "SELECT time FROM event ORDER BY seq DESC LIMIT 1");

  private final Path database;

  QueryPlanTest(@TempDir Path directory) {
    database = directory.resolve("log.db");
  }

  /** What the writer prepares from its opening to a trim, and what reads ask. */
  private Set<String> queries() {
    Set<String> queries = new HashSet<>(EventTable.all());
    queries.addAll(
        List.of(SqliteReads.ALL, SqliteReads.ONE, SqliteReads.NEXT_TIME, SqliteReads.STREAM));
    queries.addAll(List.of(SqliteReads.TRIMMED, SqliteFile.STREAM_NAME));
    List<SqliteConnection> writer = new ArrayList<>();
    try (EventLog log =
        new SqliteEventLog(
            database,
            new HandClock(),
            connection -> {
              writer.add(connection);
              connection.execute("COMMIT");
            })) {
      EventDraft draft = Drafts.retained("a", "t", "1", "k");
      for (int i = 1; i <= 3; i++) {
        Publication publication = EventLogFixture.keyed("key" + i, "digest", draft);
        log.append(new Batch("node", i, List.of(publication)));
      }
      assertEquals(2, log.trim(new TrimRule("a", Duration.ZERO, 1), 10));
      queries.addAll(writer.get(0).prepared());
    }
    return queries;
  }

  /**
   * None looks at a whole table but those above, none sorts. Red when the newest were asked for
   * {@code ORDER BY time}: a temporary b-tree.
   */
  @Test
  void everyQueryFollowsAnIndexAndDoesNotSort() throws SQLException {
    Set<String> queries = queries();
    assertTrue(queries.containsAll(SCANS), "an exception that nobody asks for");
    assertTrue(queries.size() > 40, queries::toString);
    Map<String, List<String>> faulty = new TreeMap<>();
    try (Connection connection = SqliteConnection.connect(database, false)) {
      for (String query : queries) {
        List<String> plan = plan(connection, query);
        boolean scans = plan.stream().anyMatch(QueryPlanTest::isScan);
        boolean sorts = plan.stream().anyMatch(step -> step.contains("TEMP B-TREE"));
        if (sorts || scans != SCANS.contains(query)) {
          faulty.put(query, plan);
        }
      }
    }
    assertEquals(Map.of(), faulty);
  }

  /** A search that names nothing it looks for, in brackets, is a look for the greatest of all. */
  private static boolean isScan(String step) {
    return step.startsWith("SCAN") || (step.startsWith("SEARCH") && !step.contains("("));
  }

  private static List<String> plan(Connection connection, String query) throws SQLException {
    List<String> plan = new ArrayList<>();
    try (PreparedStatement explain = connection.prepareStatement("EXPLAIN QUERY PLAN " + query);
        ResultSet row = explain.executeQuery()) {
      while (row.next()) {
        plan.add(row.getString("detail"));
      }
    }
    return plan;
  }
}
