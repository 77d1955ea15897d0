package io.heliograph.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * That one hub, and only one, has a database open: an operating system's lock on a file beside it,
 * gone with the process however that ends.
 *
 * <p>Not on the database itself: closing any descriptor of a file drops all of a process's POSIX
 * locks on it, SQLite's own too. For the same reason a second attempt within one JVM must not even
 * open the lock file. A redeployed application has other classes, so no static field would tell it;
 * the JVM's system properties do.
 *
 * <p>The file stays when the lock is released. Deleting it would let a third hub lock a new file of
 * that name while a second still waits with the deleted one open.
 */
final class SqliteFileLock implements AutoCloseable {
  private final String holder;
  private final FileChannel channel;
  private final FileLock lock;

  private SqliteFileLock(String holder, FileChannel channel, FileLock lock) {
    this.holder = holder;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * @throws LogUnavailableException if another hub has {@code database} open, or the lock file
   *     cannot be made
   */
  static SqliteFileLock acquire(Path database) {
    Path file = realDirectory(database).resolve(database.getFileName() + ".lock");
    String holder = SqliteFileLock.class.getName() + " " + file;
    if (System.getProperties().putIfAbsent(holder, "held") != null) {
      throw heldByAnother(file, "in this JVM");
    }
    try {
      return acquire(file, holder);
    } catch (IOException | RuntimeException e) {
      System.getProperties().remove(holder);
      if (e instanceof LogUnavailableException unavailable) {
        throw unavailable;
      }
      throw unusable(file, e);
    }
  }

  /** By its one real path: a link to the directory would be another name of the same lock. */
  private static Path realDirectory(Path database) {
    try {
      return database.resolveSibling("").toRealPath();
    } catch (IOException e) {
      throw unusable(database.resolveSibling(database.getFileName() + ".lock"), e);
    }
  }

  private static LogUnavailableException unusable(Path file, Exception e) {
    return new LogUnavailableException(
        "the lock file "
            + file
            + " cannot be used ("
            + e
            + "); let the server's user write in its directory, on a file system with locks",
        e);
  }

  private static SqliteFileLock acquire(Path file, String holder) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    @Nullable FileLock lock = null;
    try {
      lock = channel.tryLock();
      if (lock == null) {
        throw heldByAnother(file, "in another process");
      }
      return new SqliteFileLock(holder, channel, lock);
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
  }

  private static LogUnavailableException heldByAnother(Path file, String where) {
    return new LogUnavailableException(
        "the event log is in use: "
            + file
            + " is locked by another hub "
            + where
            + "; stop or undeploy that one, or give this one a directory of its own with"
            + " heliograph.data");
  }

  @Override
  public void close() {
    try (channel) {
      lock.release();
    } catch (IOException e) {
      throw new LogUnavailableException("the lock of " + holder + " could not be released", e);
    } finally {
      System.getProperties().remove(holder);
    }
  }
}
