package io.heliograph.log;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The table of spans: what {@link Spans} is a snapshot of. */
final class SqliteSpans {
  private SqliteSpans() {}

  /**
   * Ends the newest span of {@code database} and begins the next, in a transaction of its own.
   *
   * @param lastGiven the last number that this process knows to have been given, 0 if it just
   *     started; the file may know less if it was replaced
   */
  static Spans begin(SqliteConnection database, long nowSeconds, long lastGiven)
      throws SQLException {
    database.execute("BEGIN IMMEDIATE");
    try {
      long newest = database.number("SELECT max(first) FROM span");
      long last = Math.max(database.number("SELECT max(last) FROM batch"), newest - 1);
      boolean isNew = newest == 0 && lastGiven == 0;
      long first =
          isNew
              ? Spans.firstOfNew(nowSeconds)
              : Spans.firstOfNext(nowSeconds, Math.max(Math.max(last, newest), lastGiven));
      change(database, "UPDATE span SET last = ? WHERE first = ?", last, newest);
      change(database, "INSERT INTO span (first) VALUES (?)", first);
      change(
          database,
          "DELETE FROM span WHERE first <= (SELECT first FROM span ORDER BY first DESC LIMIT 1"
              + " OFFSET ?)",
          Spans.LIMIT);
      Spans spans = read(database, first - 1);
      database.execute("COMMIT");
      return spans;
    } catch (SQLException | RuntimeException e) {
      database.rollBack(e);
      throw e;
    }
  }

  private static Spans read(SqliteConnection database, long head) throws SQLException {
    List<Long> firsts = new ArrayList<>();
    List<Long> lasts = new ArrayList<>();
    PreparedStatement select = database.statement("SELECT first, last FROM span ORDER BY first");
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        firsts.add(row.getLong(1));
        lasts.add(row.getLong(2));
      }
    }
    lasts.remove(lasts.size() - 1);
    return new Spans(array(firsts), array(lasts), head);
  }

  private static long[] array(List<Long> numbers) {
    return numbers.stream().mapToLong(Long::longValue).toArray();
  }

  private static void change(SqliteConnection database, String sql, long... parameters)
      throws SQLException {
    PreparedStatement statement = database.statement(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setLong(i + 1, parameters[i]);
    }
    statement.executeUpdate();
  }
}
