package io.heliograph.log;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * When the write-ahead log is copied into the database: by the writer itself, after a commit.
 *
 * <p>A thread of its own would copy while the writer adds, never catch up under load, and so never
 * let the write-ahead log begin again at its start; the writer's own thread catches up every time,
 * for some milliseconds in every few thousand events.
 *
 * <p>Whether it is time is read off the file's length. {@code journal_size_limit} is set to the
 * same bound, so that SQLite shortens the file to it whenever it begins again at the start; longer
 * than that means more than that is waiting.
 */
final class SqliteCheckpoints {
  /**
   * Small enough to stay in the page cache, large enough that pages written often are copied once.
   */
  static final long PASSIVE_BYTES = 4L << 20;

  /** Only readers that never let go bring it so far; from here on they are waited for. */
  static final long TRUNCATE_BYTES = 64L << 20;

  /** How much the file must grow until an attempt that readers hindered is repeated. */
  private static final long RETRY_BYTES = 1L << 20;

  /** The same for an attempt that waits for readers, and thereby keeps publishers waiting. */
  private static final long TRUNCATE_RETRY_BYTES = 16L << 20;

  private static final System.Logger LOG = System.getLogger(SqliteCheckpoints.class.getName());

  private final Path writeAheadLog;
  private final SqliteConnection writer;
  private long attemptAtBytes = PASSIVE_BYTES;

  /** Attempts in a row that failed. */
  private int failures;

  SqliteCheckpoints(Path writeAheadLog, SqliteConnection writer) {
    this.writeAheadLog = writeAheadLog;
    this.writer = writer;
  }

  /**
   * Copies if it is time to. After a failure it is tried again when the file has grown, not at the
   * next commit: what was committed is safe in the write-ahead log.
   */
  void afterCommit() {
    try {
      long bytes = Files.size(writeAheadLog);
      if (bytes <= attemptAtBytes) {
        attemptAtBytes = bytes <= PASSIVE_BYTES ? PASSIVE_BYTES : attemptAtBytes;
        return;
      }
      boolean waits = bytes > TRUNCATE_BYTES;
      attemptAtBytes = bytes + (waits ? TRUNCATE_RETRY_BYTES : RETRY_BYTES);
      writer.text("PRAGMA wal_checkpoint(" + (waits ? "TRUNCATE" : "PASSIVE") + ")");
      failures = 0;
    } catch (NoSuchFileException e) {
      // The file was moved away under us; the next call's look at the database says so.
      LOG.log(Level.DEBUG, "no write-ahead log to copy", e);
    } catch (IOException | SQLException e) {
      failed(e);
    }
  }

  private void failed(Exception e) {
    failures++;
    if (failures == 1) {
      LOG.log(
          Level.WARNING,
          "copying "
              + writeAheadLog
              + " into its database failed and is tried again later; look at"
              + " its disk if this goes on",
          e);
    } else if (Integer.bitCount(failures) == 1) {
      LOG.log(
          Level.WARNING,
          "copying {0} into its database failed {1} times by now: {2}",
          writeAheadLog,
          failures,
          e.getMessage());
    }
  }
}
