package io.heliograph.log;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteReadingTest extends EventLogReadingContract {
  private final Path directory;

  SqliteReadingTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Override
  EventLog open(HandClock clock) {
    return new SqliteEventLog(directory.resolve("made/for/log.db"), clock);
  }
}
