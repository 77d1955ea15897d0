package io.heliograph.log;

import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;

/**
 * What an error of SQLite means for the log.
 *
 * @see <a href="https://www.sqlite.org/rescode.html">Result and Error Codes</a>
 */
final class SqliteErrors {
  private SqliteErrors() {}

  /** Whether the database works and would refuse the same data again. */
  static boolean isAboutData(SQLException e) {
    SQLiteErrorCode code = primary(e);
    return code == SQLiteErrorCode.SQLITE_CONSTRAINT
        || code == SQLiteErrorCode.SQLITE_TOOBIG
        || code == SQLiteErrorCode.SQLITE_MISMATCH;
  }

  /**
   * Whether the open file may go on being used: it was only locked or full. After anything else
   * SQLite's own advice is to close it and look again.
   */
  static boolean leavesFileUsable(SQLException e) {
    SQLiteErrorCode code = primary(e);
    return code == SQLiteErrorCode.SQLITE_BUSY
        || code == SQLiteErrorCode.SQLITE_LOCKED
        || code == SQLiteErrorCode.SQLITE_FULL
        || isAboutData(e);
  }

  static boolean isFull(SQLException e) {
    return primary(e) == SQLiteErrorCode.SQLITE_FULL;
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
    return switch (primary(e)) {
      case SQLITE_BUSY, SQLITE_LOCKED ->
          "another process kept it locked for more than "
              + SqliteConnection.BUSY_TIMEOUT_MILLIS
              + " ms; close it, or copy the database with SQLite's backup instead";
      case SQLITE_FULL ->
          "its disk is full; make room, or keep less with history.age and history.events";
      case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN ->
          "let the server's user read and write it and its directory";
      case SQLITE_CORRUPT, SQLITE_NOTADB ->
          "it is damaged or no SQLite database; stop the hub and restore it from a backup";
      default -> "it is opened again at the next call; look at its disk if this goes on";
    };
  }

  /** The error's kind: the driver's extended codes carry it in their low byte. */
  private static SQLiteErrorCode primary(SQLException e) {
    return SQLiteErrorCode.getErrorCode(e.getErrorCode() & 0xff);
  }
}
