package io.heliograph.log;

import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.io.TempDir;

class SqliteEventLogTest extends EventLogContract {
  private final Path directory;

  SqliteEventLogTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Override
  EventLog open() {
    return new SqliteEventLog(directory.resolve("sub/heliograph.db"), InstantSource.system());
  }
}
