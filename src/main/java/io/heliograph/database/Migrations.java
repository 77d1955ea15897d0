package io.heliograph.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/**
 * The steps to a database's tables, made by Flyway.
 *
 * <p>They are listed by whoever owns them and read through its own loader. Flyway would find them
 * by scanning the class path, which every server lays out differently inside a WAR.
 */
public final class Migrations {
  private final Class<?> owner;
  private final String directory;
  private final List<String> names;

  /**
   * @param owner whose package has the files
   * @param directory where below that package, ending in a slash; empty for the package itself
   * @param names the files, such as {@code V1__event_log.sql}
   */
  public Migrations(Class<?> owner, String directory, List<String> names) {
    this.owner = owner;
    this.directory = directory;
    this.names = List.copyOf(names);
  }

  /**
   * Brings the tables of {@code database} up to date. Blocks.
   *
   * @throws SQLException if the database cannot be read or written
   * @throws ForeignSchemaException if the tables are those of a newer hub or of something else
   */
  public void apply(DataSource database) throws SQLException, ForeignSchemaException {
    try {
      Flyway.configure(owner.getClassLoader())
          .dataSource(database)
          .resourceProvider(new Listed())
          .javaMigrationClassProvider(List::of)
          // By default Flyway takes a schema that is newer than its migrations for a good one.
          .ignoreMigrationPatterns(new String[0])
          .loggers(FlywayLogs.class.getName())
          .load()
          .migrate();
    } catch (FlywayException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof SQLException sql) {
          throw sql;
        }
      }
      throw new ForeignSchemaException(String.valueOf(e.getMessage()), e);
    }
  }

  private final class Listed implements ResourceProvider {
    @Override
    public @Nullable LoadableResource getResource(String name) {
      return names.contains(name) ? new Migration(name) : null;
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
      return names.stream()
          .filter(name -> name.startsWith(prefix) && List.of(suffixes).contains(".sql"))
          .<LoadableResource>map(Migration::new)
          .toList();
    }
  }

  private final class Migration extends LoadableResource {
    private final String name;

    Migration(String name) {
      this.name = name;
    }

    @Override
    public Reader read() {
      try (InputStream content = owner.getResourceAsStream(directory + name)) {
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
}
