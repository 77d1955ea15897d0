package io.heliograph.database;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;
import org.sqlite.jdbc4.JDBC4Connection;

/**
 * New connections to an SQLite file.
 *
 * <p>Made without {@link java.sql.DriverManager}, which would keep the driver, and with it this
 * application's class loader, after an undeployment.
 */
public final class SqliteSource implements DataSource {
  /**
   * How long a statement waits for a lock of another process (a backup, a person with a shell)
   * before its caller gets an answer.
   */
  static final int BUSY_TIMEOUT_MILLIS = 2_000;

  private final Path file;
  private final Properties properties;

  private SqliteSource(Path file, SQLiteConfig config) {
    this.file = file;
    this.properties = config.toProperties();
  }

  /** Plain connections, which make the file if {@code mayCreate} and else refuse to. */
  public static SqliteSource of(Path file, boolean mayCreate) {
    return new SqliteSource(file, config(mayCreate));
  }

  /** Connections to a file that exists: a commit is on the disk, references hold. */
  static SqliteSource durable(Path file) {
    SQLiteConfig config = config(false);
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    return new SqliteSource(file, config);
  }

  private static SQLiteConfig config(boolean mayCreate) {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
    if (!mayCreate) {
      config.resetOpenMode(SQLiteOpenMode.CREATE);
    }
    return config;
  }

  @Override
  public Connection getConnection() throws SQLException {
    return new JDBC4Connection("jdbc:sqlite:" + file, file.toString(), copy());
  }

  /** The driver writes into what it is given. */
  private Properties copy() {
    Properties copy = new Properties();
    copy.putAll(properties);
    return copy;
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

  /** For so long at most a pool that is closed waits for a connection that is being made. */
  @Override
  public int getLoginTimeout() {
    return BUSY_TIMEOUT_MILLIS / 1_000;
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
