package io.heliograph.log;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteEventLogTest extends EventLogContract {
  private final Path directory;

  SqliteEventLogTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Override
  EventLog open(HandClock clock) {
    return new SqliteEventLog(directory.resolve("made/for/log.db"), clock);
  }
}
