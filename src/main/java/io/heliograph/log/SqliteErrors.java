package io.heliograph.log;

import io.heliograph.database.SqliteFaults;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;

/** What an error of SQLite means for the log. */
final class SqliteErrors {
  private SqliteErrors() {}

  static boolean isFull(SQLException e) {
    return SqliteFaults.kind(e) == SQLiteErrorCode.SQLITE_FULL;
  }

  static LogUnavailableException unavailable(Path database, String doing, SQLException e) {
    return new LogUnavailableException(
        "the event log "
            + database
            + ": "
            + doing
            + " failed ("
            + e.getMessage()
            + "); "
            + remedy(e),
        e);
  }

  private static String remedy(SQLException e) {
    return isFull(e)
        ? "its disk is full; make room, or keep less with history.age and history.events"
        : SqliteFaults.remedy(e);
  }
}
