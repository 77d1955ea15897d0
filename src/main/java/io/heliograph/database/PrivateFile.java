package io.heliograph.database;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * A file that has hashes of secrets, and who may read it: its owner, where the system can say so.
 */
final class PrivateFile {
  private static final Set<PosixFilePermission> OWNERS =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private PrivateFile() {}

  /**
   * Makes {@code database} empty if there is none, and takes away what others may do with it and
   * with the files that SQLite keeps beside it. SQLite gives new ones the permissions of the
   * database.
   */
  static void prepare(Path database) throws IOException {
    Path directory = database.toAbsolutePath().getParent();
    if (directory != null) {
      Files.createDirectories(directory);
    }
    create(database);
    for (String suffix : new String[] {"", "-wal", "-shm"}) {
      restrict(database.resolveSibling(database.getFileName() + suffix));
    }
  }

  private static void create(Path file) throws IOException {
    if (Files.exists(file)) {
      return;
    }
    try {
      if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNERS));
      } else {
        Files.createFile(file);
      }
    } catch (FileAlreadyExistsException e) {
      // Another one made it meanwhile; it is restricted like any that was there.
    }
  }

  private static void restrict(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null || !Files.exists(file)) {
      return;
    }
    Set<PosixFilePermission> now = view.readAttributes().permissions();
    if (!OWNERS.containsAll(now)) {
      Set<PosixFilePermission> left = EnumSet.copyOf(OWNERS);
      left.retainAll(now);
      view.setPermissions(left);
    }
  }
}
