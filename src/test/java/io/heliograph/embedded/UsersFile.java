package io.heliograph.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;

/**
 * The file {@code users} of a data directory, in which the server's realm keeps names, groups and
 * salted hashes of passwords. Not among the server's own files, which go when it stops.
 */
final class UsersFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final Path file;
  private final byte[] before;

  private UsersFile(Path file, byte[] before) {
    this.file = file;
    this.before = before;
  }

  /**
   * That of {@code data}, empty if there was none: Payara refuses a realm without its file, and
   * writes into it without changing who may read it.
   */
  static UsersFile in(Path data) throws IOException {
    Path file = data.resolve("users");
    boolean isPosix =
        Files.getFileStore(data).supportsFileAttributeView(PosixFileAttributeView.class);
    if (!Files.exists(file)) {
      Files.createFile(
          file,
          isPosix
              ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
              : new FileAttribute<?>[0]);
    } else if (isPosix) {
      Files.setPosixFilePermissions(file, OWNER_ONLY);
    }
    return new UsersFile(file, Files.readAllBytes(file));
  }

  Path path() {
    return file.toAbsolutePath();
  }

  /** Forgets what has changed since; not while the server runs. */
  void restore() throws IOException {
    if (!Arrays.equals(before, Files.readAllBytes(file))) {
      Files.write(file, before);
    }
  }
}
