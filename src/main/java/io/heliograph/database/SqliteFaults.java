package io.heliograph.database;

import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;

/**
 * What an error of SQLite means, whatever is stored.
 *
 * @see <a href="https://www.sqlite.org/rescode.html">Result and Error Codes</a>
 */
public final class SqliteFaults {
  private SqliteFaults() {}

  /** The error's kind: the driver's extended codes carry it in their low byte. */
  public static SQLiteErrorCode kind(SQLException e) {
    return SQLiteErrorCode.getErrorCode(e.getErrorCode() & 0xff);
  }

  /** Whether the database works and would refuse the same data again. */
  public static boolean isAboutData(SQLException e) {
    SQLiteErrorCode kind = kind(e);
    return kind == SQLiteErrorCode.SQLITE_CONSTRAINT
        || kind == SQLiteErrorCode.SQLITE_TOOBIG
        || kind == SQLiteErrorCode.SQLITE_MISMATCH;
  }

  /**
   * Whether the open file may go on being used: it was only locked or full. After anything else
   * SQLite's own advice is to close it and look again.
   */
  public static boolean leavesFileUsable(SQLException e) {
    SQLiteErrorCode kind = kind(e);
    return kind == SQLiteErrorCode.SQLITE_BUSY
        || kind == SQLiteErrorCode.SQLITE_LOCKED
        || kind == SQLiteErrorCode.SQLITE_FULL
        || isAboutData(e);
  }

  /** What a person can do about it. */
  public static String remedy(SQLException e) {
    return switch (kind(e)) {
      case SQLITE_BUSY, SQLITE_LOCKED ->
          "another process kept it locked for more than "
              + SqliteSource.BUSY_TIMEOUT_MILLIS
              + " ms; close it, or copy the database with SQLite's backup instead";
      case SQLITE_FULL -> "its disk is full; make room";
      case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN ->
          "let the server's user read and write it and its directory";
      case SQLITE_CORRUPT, SQLITE_NOTADB ->
          "it is damaged or no SQLite database; stop the hub and restore it from a backup";
      default -> "it is opened again at the next call; look at its disk if this goes on";
    };
  }
}
