package io.heliograph.log;

import io.heliograph.database.ForeignSchemaException;
import io.heliograph.database.Migrations;
import io.heliograph.database.SqliteSource;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** The log's tables, brought up to date. */
final class SqliteSchema {
  private static final Migrations MIGRATIONS =
      new Migrations(SqliteSchema.class, "sqlite/", List.of("V1__event_log.sql"));

  private SqliteSchema() {}

  /**
   * @throws LogUnavailableException if the database cannot be read or written, or its schema is
   *     newer than this hub or not a hub's
   */
  static void migrate(Path database) {
    try {
      MIGRATIONS.apply(SqliteSource.of(database, false));
    } catch (SQLException e) {
      throw SqliteErrors.unavailable(database, "opening", e);
    } catch (ForeignSchemaException e) {
      throw new LogUnavailableException(
          "the event log "
              + database
              + ": its tables are not this hub's ("
              + e.getMessage()
              + "); start the version that wrote it or a later one, or choose another directory"
              + " with heliograph.data",
          e);
    }
  }
}
