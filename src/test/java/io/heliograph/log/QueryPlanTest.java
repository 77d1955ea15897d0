package io.heliograph.log;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every query follows an index in log order: none looks at a whole table, none sorts. Red when the
 * newest were asked for {@code ORDER BY time}: a temporary b-tree.
 */
class QueryPlanTest {
  private final Path directory;

  QueryPlanTest(@TempDir Path directory) {
    this.directory = directory;
  }

  static List<String> queries() {
    List<String> queries = new ArrayList<>(EventTable.all());
    queries.addAll(
        List.of(SqliteReads.ALL, SqliteReads.ONE, SqliteReads.NEXT_TIME, SqliteReads.STREAM));
    queries.addAll(List.of(SqliteTrim.OLDEST, SqliteTrim.DELETE, SqliteTrim.KEYED));
    queries.addAll(List.of(SqliteTrim.DELETE_STALE_KEYS, SqliteAppend.FIND_KEY));
    return queries;
  }

  @ParameterizedTest
  @MethodSource("queries")
  void followsAnIndexAndDoesNotSort(String query) throws SQLException {
    Path database = directory.resolve("log.db");
    new SqliteEventLog(database, new HandClock()).close();
    List<String> plan = new ArrayList<>();
    try (Connection connection = SqliteConnection.connect(database, false);
        PreparedStatement explain = connection.prepareStatement("EXPLAIN QUERY PLAN " + query);
        ResultSet row = explain.executeQuery()) {
      while (row.next()) {
        plan.add(row.getString("detail"));
      }
    }
    assertTrue(plan.stream().anyMatch(step -> step.startsWith("SEARCH")), plan::toString);
    for (String step : plan) {
      assertTrue(!step.startsWith("SCAN") && !step.contains("TEMP B-TREE"), plan::toString);
    }
  }
}
