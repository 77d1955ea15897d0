package io.heliograph.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Collection;
import java.util.List;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/**
 * The log's tables, brought up to date by Flyway.
 *
 * <p>The migrations are listed here and read through this class's own loader. Flyway would find
 * them by scanning the class path, which every server lays out differently inside a WAR.
 */
final class SqliteSchema {
  private static final List<String> MIGRATIONS = List.of("V1__event_log.sql");

  private SqliteSchema() {}

  /**
   * @throws LogUnavailableException if the database cannot be read or written, or its schema is
   *     newer than this hub or not a hub's
   */
  static void migrate(Path database) {
    try {
      Flyway.configure(SqliteSchema.class.getClassLoader())
          .dataSource(new Source(database))
          .resourceProvider(new Migrations())
          .javaMigrationClassProvider(List::of)
          .loggers(FlywayLogs.class.getName())
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw failure(database, e);
    }
  }

  private static LogUnavailableException failure(Path database, FlywayException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return SqliteErrors.unavailable(database, "opening", sql);
      }
    }
    return new LogUnavailableException(
        "the event log "
            + database
            + ": its tables are not this hub's ("
            + e.getMessage()
            + "); start the version that wrote it or a later one, or choose another directory with"
            + " heliograph.data",
        e);
  }

  private static final class Migrations implements ResourceProvider {
    @Override
    public @Nullable LoadableResource getResource(String name) {
      return MIGRATIONS.contains(name) ? new Migration(name) : null;
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
      return MIGRATIONS.stream()
          .filter(name -> name.startsWith(prefix) && List.of(suffixes).contains(".sql"))
          .<LoadableResource>map(Migration::new)
          .toList();
    }
  }

  private static final class Migration extends LoadableResource {
    private final String name;

    Migration(String name) {
      this.name = name;
    }

    @Override
    public Reader read() {
      try (InputStream content = SqliteSchema.class.getResourceAsStream("sqlite/" + name)) {
        if (content == null) {
          throw new IllegalStateException("the hub's archive lacks the migration " + name);
        }
        return new StringReader(new String(content.readAllBytes(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException("the migration " + name + " cannot be read", e);
      }
    }

    @Override
    public String getAbsolutePath() {
      return name;
    }

    @Override
    public String getAbsolutePathOnDisk() {
      return name;
    }

    @Override
    public String getFilename() {
      return name;
    }

    @Override
    public String getRelativePath() {
      return name;
    }
  }

  private record Source(Path database) implements DataSource {
    @Override
    public Connection getConnection() throws SQLException {
      return SqliteConnection.connect(database, false);
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
      return getConnection();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
      return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
      return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
      throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
      throw new SQLException("not a wrapper of " + type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return false;
    }
  }
}
