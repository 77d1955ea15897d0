package io.heliograph.deployed;

import io.heliograph.embedded.FileRealm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Set;
import org.glassfish.embeddable.CommandRunner;
import org.glassfish.internal.api.Globals;

/**
 * Users in the realm of the server that Arquillian runs in this JVM, made by the server's own tool,
 * as an administrator would. What is deployed sees a change at once.
 *
 * <p>The server outlives a test class, so a class removes whom it made, or takes names of its own.
 */
public final class RealmUsers {
  private RealmUsers() {}

  /** Makes a user, or gives one a new password and other groups. */
  public static void make(String name, String password, String... groups) {
    try {
      realm().put(name, password, Set.of(groups));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void remove(String name) {
    realm().remove(name);
  }

  private static FileRealm realm() {
    return new FileRealm(
        Objects.requireNonNull(
            Globals.get(CommandRunner.class), "no server runs in this JVM; deploy something"));
  }
}
