package io.heliograph.log;

import io.heliograph.database.SqliteSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the log's database with its prepared statements. Used by one thread at a time.
 *
 * <p>It stays in the driver's auto-commit mode and transactions are begun and ended in SQL, because
 * the driver begins the next one right after a commit, and where exactly a commit failed matters
 * here.
 */
final class SqliteConnection implements AutoCloseable {
  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  private SqliteConnection(Connection connection) {
    this.connection = connection;
  }

  /** A new connection, which makes the file if {@code mayCreate} and else refuses to. */
  static SqliteConnection open(Path database, boolean mayCreate) throws SQLException {
    SqliteConnection opened = new SqliteConnection(connect(database, mayCreate));
    try {
      if (!"wal".equals(opened.text("PRAGMA journal_mode = WAL"))) {
        throw new SQLException(
            "write-ahead logging cannot be switched on; the file system has no shared memory");
      }
      // A commit returns when it is on the disk, not when the operating system has it.
      opened.execute("PRAGMA synchronous = FULL");
      // Checkpoints are the writer's to make (SqliteCheckpoints): by default any commit might pause
      // for one.
      opened.execute("PRAGMA wal_autocheckpoint = 0");
      opened.execute("PRAGMA journal_size_limit = " + SqliteCheckpoints.PASSIVE_BYTES);
      return opened;
    } catch (SQLException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** A plain JDBC connection. */
  static Connection connect(Path database, boolean mayCreate) throws SQLException {
    return SqliteSource.of(database, mayCreate).getConnection();
  }

  /**
   * The statement of {@code sql}, prepared once; its last result is gone when it is asked for
   * again.
   */
  PreparedStatement statement(String sql) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    return statement;
  }

  /** What was prepared so far, for the test that asks SQLite how it would run it. */
  Set<String> prepared() {
    return Set.copyOf(statements.keySet());
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Nullable String text(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getString(1) : null;
    }
  }

  /** The first column of the first row of {@code sql}, 0 if there is none or it is null. */
  long number(String sql, Object... parameters) throws SQLException {
    PreparedStatement statement = statement(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    try (ResultSet row = statement.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  /**
   * Ends a transaction that failed, and lets go of all statements: the driver finalizes one that
   * met certain errors and would refuse it from then on.
   */
  void rollBack(Exception because) {
    try {
      closeStatements();
      execute("ROLLBACK");
    } catch (SQLException e) {
      // SQLite rolls back by itself after some errors and then says that there is none to roll
      // back.
      because.addSuppressed(e);
    }
  }

  private void closeStatements() throws SQLException {
    SQLException failure = null;
    for (PreparedStatement statement : statements.values()) {
      try {
        statement.close();
      } catch (SQLException e) {
        failure = e;
      }
    }
    statements.clear();
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      closeStatements();
    }
  }
}
