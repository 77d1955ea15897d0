package io.heliograph.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteCheckpointsTest {

  /** Red when only an attempt that succeeded moved the next one: a stack in the log per commit. */
  @Test
  void failedCopyIsTriedAgainWhenTheFileHasGrown_andSaidOnceWithItsStack(@TempDir Path directory)
      throws Exception {
    Path writeAheadLog = directory.resolve("log.db-wal");
    SqliteConnection closed = SqliteConnection.open(directory.resolve("log.db"), true);
    closed.close();
    SqliteCheckpoints checkpoints = new SqliteCheckpoints(writeAheadLog, closed);
    try (RandomAccessFile file = new RandomAccessFile(writeAheadLog.toFile(), "rw");
        LogLines lines = new LogLines(SqliteCheckpoints.class)) {
      for (int megabytes = 5; megabytes < 105; megabytes += 20) {
        file.setLength((long) megabytes << 20);
        for (int commits = 0; commits < 100; commits++) {
          checkpoints.afterCommit();
        }
      }
      assertEquals(1, lines.stacks());
      assertEquals(3, lines.count(Level.WARNING), "the first, second and fourth of five");
    }
  }
}
