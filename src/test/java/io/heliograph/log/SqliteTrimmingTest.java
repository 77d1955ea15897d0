package io.heliograph.log;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteTrimmingTest extends EventLogTrimmingContract {
  private final Path directory;

  SqliteTrimmingTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Override
  EventLog open(HandClock clock) {
    return new SqliteEventLog(directory.resolve("made/for/log.db"), clock);
  }
}
