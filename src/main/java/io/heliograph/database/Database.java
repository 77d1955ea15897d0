package io.heliograph.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;

/**
 * The hub's tables beside the event log: a second SQLite file, which only the server's user may
 * read.
 *
 * <p>Any thread. Every call blocks; never make one from a container's I/O thread.
 */
public final class Database implements AutoCloseable {
  private static final Migrations MIGRATIONS =
      new Migrations(Database.class, "", List.of("V1__access.sql"));

  /** One writes at a time; the others hide a page that comes from the disk. */
  private static final int CONNECTIONS = 4;

  /** How long a call waits for one of them: longer than a lock that the one before waits for. */
  private static final long CONNECTION_TIMEOUT_MILLIS = 3_000;

  private final Path file;
  private final HikariDataSource pool;
  private final Jdbi jdbi;

  // Taken before a connection is: of those who wait to write, one has a connection and the others
  // leave theirs to readers, for whom there is no lock. Fair, because SQLite's own lock is not.
  private final ReentrantLock writing = new ReentrantLock(true);

  private Database(Path file) {
    this.file = file;
    this.pool = new HikariDataSource(poolOf(file));
    this.jdbi = Jdbi.create(pool);
    // By default a failure's message, which is logged, has the statement's arguments.
    jdbi.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
  }

  /**
   * Opens {@code file}, makes it if there is none, and brings its tables up to date.
   *
   * @throws DatabaseUnavailableException if it cannot be read and written, is damaged, or is a
   *     newer hub's
   */
  public static Database open(Path file) {
    try {
      PrivateFile.prepare(file);
      // First, so that what is no database is refused before Flyway tries it again and again.
      probe(file);
      MIGRATIONS.apply(SqliteSource.durable(file));
      return new Database(file);
    } catch (IOException e) {
      throw new DatabaseUnavailableException(
          "the database "
              + file
              + " cannot be made or looked at ("
              + e
              + "); let the server's user write in its directory, or choose another one with"
              + " heliograph.data",
          e);
    } catch (SQLException e) {
      throw unavailable(file, "opening", e);
    } catch (ForeignSchemaException e) {
      throw new DatabaseUnavailableException(
          "the database "
              + file
              + ": its tables are not this hub's ("
              + e.getMessage()
              + "); start the version that wrote it or a later one, or choose another directory"
              + " with heliograph.data",
          e);
    }
  }

  private static void probe(Path file) throws SQLException {
    try (Connection connection = SqliteSource.durable(file).getConnection();
        Statement statement = connection.createStatement()) {
      try (ResultSet mode = statement.executeQuery("PRAGMA journal_mode = WAL")) {
        if (!mode.next() || !"wal".equals(mode.getString(1))) {
          throw new SQLException(
              "write-ahead logging cannot be switched on; the file system has no shared memory");
        }
      }
      // A file that may only be read opens without an error, and BEGIN IMMEDIATE then begins a
      // reader; only a write tells.
      statement.execute("BEGIN IMMEDIATE");
      statement.execute("PRAGMA user_version = 0");
      statement.execute("ROLLBACK");
    }
  }

  private static HikariConfig poolOf(Path file) {
    HikariConfig config = new HikariConfig();
    // Without a name the pool counts itself in a system property, which survives an undeployment.
    config.setPoolName("heliograph-database");
    config.setDataSource(SqliteSource.durable(file));
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
    // The file was just opened; what fails from now on is said to whoever calls.
    config.setInitializationFailTimeout(-1);
    // There is no server that would drop them.
    config.setMaxLifetime(0);
    config.setExceptionOverride(new EvictUnusable());
    return config;
  }

  /** SQLite gives no SQL state by which the pool could tell a connection that is of no more use. */
  private static final class EvictUnusable implements SQLExceptionOverride {
    // SQLExceptionOverride has an Override of its own.
    @java.lang.Override
    public SQLExceptionOverride.Override adjudicate(SQLException e) {
      return SqliteFaults.leavesFileUsable(e)
          ? SQLExceptionOverride.Override.DO_NOT_EVICT
          : SQLExceptionOverride.Override.MUST_EVICT;
    }
  }

  /** What is done with a connection. */
  public interface Work<T> {
    T on(Handle handle);
  }

  /**
   * What {@code reading} finds. Each of its statements sees a snapshot of its own.
   *
   * @param doing what for, in the message of a failure: {@code looking up an API key}
   * @throws DatabaseUnavailableException if the database did not answer
   */
  public <T> T read(String doing, Work<T> reading) {
    return on(doing, reading);
  }

  /**
   * Runs {@code change} in one transaction, committed to the disk when this returns and rolled back
   * when it throws. Changes wait for one another.
   *
   * @param doing what for, in the message of a failure
   * @throws DatabaseUnavailableException if the database did not answer; nothing is changed, unless
   *     it was the commit's answer that got lost
   */
  public <T> T change(String doing, Work<T> change) {
    lock(doing);
    try {
      return on(doing, handle -> inTransaction(handle, change));
    } finally {
      writing.unlock();
    }
  }

  /**
   * Returns if the database answers and could be changed now; changes nothing. Blocks.
   *
   * @throws DatabaseUnavailableException if not
   */
  public void requireWritable() {
    change("looking whether it can be written to", handle -> handle.execute("PRAGMA user_version"));
  }

  private void lock(String doing) {
    try {
      if (writing.tryLock(SqliteSource.BUSY_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DatabaseUnavailableException(
          "the database " + file + ": " + doing + " was interrupted and changed nothing", e);
    }
    throw new DatabaseUnavailableException(
        "the database "
            + file
            + ": "
            + doing
            + " failed, the changes before it took more than "
            + SqliteSource.BUSY_TIMEOUT_MILLIS
            + " ms; try again, and look for another process that keeps it locked, or at its disk,"
            + " if this goes on");
  }

  /**
   * Begun and ended in SQL, because the driver begins the next transaction right after a commit and
   * would wait for the lock again.
   */
  private static <T> T inTransaction(Handle handle, Work<T> change) {
    handle.execute("BEGIN IMMEDIATE");
    try {
      T result = change.on(handle);
      handle.execute("COMMIT");
      return result;
    } catch (RuntimeException | Error e) {
      try {
        handle.execute("ROLLBACK");
      } catch (JdbiException rollBack) {
        // SQLite rolls back by itself after some errors and then says that there is none to roll
        // back.
        e.addSuppressed(rollBack);
      }
      throw e;
    }
  }

  private <T> T on(String doing, Work<T> work) {
    try (Handle handle = jdbi.open()) {
      return work.on(handle);
    } catch (JdbiException e) {
      throw unavailable(file, doing, e);
    }
  }

  private static DatabaseUnavailableException unavailable(Path file, String doing, Exception e) {
    SQLException sql = new SQLException(e);
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException found) {
        sql = found;
      }
    }
    return new DatabaseUnavailableException(
        "the database "
            + file
            + ": "
            + doing
            + " failed ("
            + sql.getMessage()
            + "); "
            + SqliteFaults.remedy(sql),
        e);
  }

  /** Ends the connections, after which every call fails. */
  @Override
  public void close() {
    pool.close();
  }
}
