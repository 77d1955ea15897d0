package io.heliograph.log;

import io.heliograph.database.SqliteFaults;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One opening of the database file: its connections, and which file it was.
 *
 * <p>On Linux an open file that is moved away, deleted or replaced can still be written to, without
 * an error and to nobody's use. That goes for the database and for its write-ahead log, which has
 * the newest commits. So whoever is about to use an opening asks {@link #isIntact()} first: two
 * looks at the directory.
 */
final class SqliteFile implements AutoCloseable {
  /** Readers at a time: one a core would do, some more hide a page that comes from the disk. */
  private static final int READERS = 4;

  /** How long a read waits for one of them, and a closing for all. */
  private static final long READER_TIMEOUT_MILLIS = 5_000;

  static final String STREAM_NAME = "SELECT name FROM stream WHERE id = ?";

  private static final System.Logger LOG = System.getLogger(SqliteFile.class.getName());

  private final Path path;
  private final @Nullable Object identity;
  private final @Nullable Object writeAheadLogIdentity;
  private final SqliteConnection writer;
  private final SqliteTrim trim;
  private final SqliteCheckpoints checkpoints;
  private final Semaphore readerPermits = new Semaphore(READERS, true);
  private final Queue<SqliteConnection> idleReaders = new ConcurrentLinkedQueue<>();
  private final ConcurrentMap<Long, String> streamNames = new ConcurrentHashMap<>();
  private volatile boolean isSuspect;
  private volatile boolean isClosed;

  private SqliteFile(
      Path path,
      @Nullable Object identity,
      @Nullable Object writeAheadLogIdentity,
      SqliteConnection writer) {
    this.path = path;
    this.identity = identity;
    this.writeAheadLogIdentity = writeAheadLogIdentity;
    this.writer = writer;
    this.trim = new SqliteTrim(writer);
    this.checkpoints = new SqliteCheckpoints(writeAheadLog(path), writer);
  }

  /**
   * Opens {@code path} and brings its tables up to date.
   *
   * @param before the opening that this one follows in the same process, closed; null makes the
   *     file if there is none
   * @throws LogUnavailableException if it cannot be opened
   */
  static SqliteFile open(Path path, @Nullable SqliteFile before) {
    try {
      if (before != null) {
        before.moveOrphansAside(identity(path));
      }
      // First, so that what is no database is refused before Flyway tries it again and again.
      SqliteConnection writer = SqliteConnection.open(path, before == null);
      try {
        SqliteSchema.migrate(path);
        // Makes sure that there is a write-ahead log, so that its identity can be known.
        writer.execute("BEGIN IMMEDIATE");
        writer.execute("COMMIT");
        return new SqliteFile(path, identity(path), identity(writeAheadLog(path)), writer);
      } catch (SQLException | IOException | RuntimeException e) {
        writer.close();
        throw e;
      }
    } catch (NoSuchFileException e) {
      throw gone(path, e);
    } catch (IOException e) {
      throw new LogUnavailableException(
          "the event log " + path + " cannot be looked at (" + e + "); check its directory", e);
    } catch (SQLException e) {
      throw SqliteErrors.unavailable(path, "opening", e);
    }
  }

  static Path writeAheadLog(Path database) {
    return database.resolveSibling(database.getFileName() + "-wal");
  }

  private static Path sharedMemory(Path database) {
    return database.resolveSibling(database.getFileName() + "-shm");
  }

  private static LogUnavailableException gone(Path path, IOException cause) {
    return new LogUnavailableException(
        "the event log "
            + path
            + " is gone; put it back, or a backup of it, and the hub goes on by itself (a restart"
            + " begins an empty one)",
        cause);
  }

  /**
   * The file itself whatever its name (device and inode); null where the system has no such thing.
   */
  private static @Nullable Object identity(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  /**
   * If another file took the database's place, the write-ahead log beside it is the old one's, and
   * SQLite would copy it into the new one, page over page. It is kept under another name: the old
   * file may still be wanted, with what had not been copied into it yet.
   */
  private void moveOrphansAside(@Nullable Object newIdentity) throws IOException {
    Path orphan = writeAheadLog(path);
    if (identity == null || identity.equals(newIdentity) || !Files.exists(orphan)) {
      return;
    }
    Object found = identity(orphan);
    if (found != null && found.equals(writeAheadLogIdentity)) {
      Path aside = path.resolveSibling(path.getFileName() + "-wal.of-replaced-file");
      Files.move(orphan, aside, StandardCopyOption.REPLACE_EXISTING);
      Files.deleteIfExists(sharedMemory(path));
      LOG.log(
          Level.WARNING,
          "the event log {0} was replaced by another file; what the old one had not taken over yet"
              + " is kept in {1}",
          path,
          aside);
    }
  }

  /** Whether the paths still name the files that were opened, and nothing spoke against them. */
  boolean isIntact() {
    return !isSuspect && !isClosed && isDatabaseInPlace() && isWriteAheadLogInPlace();
  }

  private boolean isDatabaseInPlace() {
    return isInPlace(path, identity);
  }

  private boolean isWriteAheadLogInPlace() {
    return isInPlace(writeAheadLog(path), writeAheadLogIdentity);
  }

  private static boolean isInPlace(Path file, @Nullable Object identity) {
    try {
      Object now = identity(file);
      return now == null || now.equals(identity);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Before this opening is given up: if only the write-ahead log lost its name, its connections are
   * the last to have what was not copied from it, and the next opening would begin an empty one.
   *
   * @throws LogUnavailableException if that cannot be copied now; then this opening must stay
   */
  void rescueWriteAheadLog() {
    if (isClosed || !isDatabaseInPlace() || isWriteAheadLogInPlace()) {
      return;
    }
    LOG.log(
        Level.WARNING,
        "the write-ahead log of {0} was removed while it was in use; what it held is copied into the"
            + " database. Whatever cleans that directory must leave it alone",
        path);
    try {
      if (writer.number("PRAGMA wal_checkpoint(TRUNCATE)") != 0) {
        throw new LogUnavailableException(
            "the event log "
                + path
                + ": its write-ahead log was removed and cannot be copied while someone reads; close"
                + " other processes that have the database open");
      }
    } catch (SQLException e) {
      throw SqliteErrors.unavailable(path, "copying a removed write-ahead log", e);
    }
  }

  /** After an error of the file itself: whoever comes next opens it again. */
  void distrust() {
    isSuspect = true;
  }

  /** The one connection that writes, for whoever holds the log's writing lock. */
  SqliteConnection writer() {
    return writer;
  }

  /** Likewise. */
  SqliteTrim trim() {
    return trim;
  }

  /** Likewise. */
  SqliteCheckpoints checkpoints() {
    return checkpoints;
  }

  /** What is read in one snapshot. */
  interface Reading<T> {
    T from(SqliteConnection reader) throws SQLException;
  }

  /** Runs {@code reading} in one snapshot, on one of a few connections. */
  <T> T read(Reading<T> reading) {
    SqliteConnection reader = borrow();
    boolean isSound = false;
    try {
      reader.execute("BEGIN");
      T result = reading.from(reader);
      reader.execute("COMMIT");
      isSound = true;
      return result;
    } catch (SQLException e) {
      if (!SqliteFaults.leavesFileUsable(e)) {
        distrust();
      }
      throw SqliteErrors.unavailable(path, "reading", e);
    } finally {
      giveBack(reader, isSound);
    }
  }

  private SqliteConnection borrow() {
    try {
      if (!readerPermits.tryAcquire(READER_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new LogUnavailableException(
            "the event log "
                + path
                + ": all "
                + READERS
                + " readers were busy for "
                + READER_TIMEOUT_MILLIS
                + " ms; its disk is too slow for so many who catch up");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LogUnavailableException("interrupted while waiting to read the event log", e);
    }
    boolean isBorrowed = false;
    try {
      if (isClosed) {
        throw new LogUnavailableException("the event log " + path + " is being closed");
      }
      SqliteConnection reader = idleReaders.poll();
      if (reader == null) {
        reader = SqliteConnection.open(path, false);
        reader.execute("PRAGMA query_only = 1");
      }
      isBorrowed = true;
      return reader;
    } catch (SQLException e) {
      // No reason to distrust the file, which is open and works: there may be too many files open.
      throw SqliteErrors.unavailable(path, "opening another reader of", e);
    } finally {
      if (!isBorrowed) {
        readerPermits.release();
      }
    }
  }

  private void giveBack(SqliteConnection reader, boolean isSound) {
    if (isSound && !isClosed) {
      idleReaders.add(reader);
    } else {
      closeQuietly(reader);
    }
    readerPermits.release();
  }

  /** The name of the stream that rows call {@code id}; names never change while a file is open. */
  String streamName(SqliteConnection connection, long id) throws SQLException {
    String known = streamNames.get(id);
    if (known != null) {
      return known;
    }
    PreparedStatement select = connection.statement(STREAM_NAME);
    select.setLong(1, id);
    try (ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("the rows of stream " + id + " belong to no stream");
      }
      String name = row.getString(1);
      streamNames.put(id, name);
      return name;
    }
  }

  /** Closes all connections, waiting a little for reads in progress. */
  @Override
  public void close() {
    isClosed = true;
    boolean isIdle = false;
    try {
      isIdle = readerPermits.tryAcquire(READERS, READER_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (SqliteConnection idle = idleReaders.poll(); idle != null; idle = idleReaders.poll()) {
      closeQuietly(idle);
    }
    closeQuietly(writer);
    if (isIdle) {
      readerPermits.release(READERS);
    }
  }

  private static void closeQuietly(SqliteConnection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.log(
          Level.DEBUG,
          "a connection did not close cleanly; SQLite recovers at the next opening",
          e);
    }
  }
}
