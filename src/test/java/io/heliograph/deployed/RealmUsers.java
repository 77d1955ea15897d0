package io.heliograph.deployed;

import io.heliograph.server.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;

/**
 * Users in the realm of the server that Arquillian runs, made in the server's own way. What is
 * deployed sees a change at once.
 *
 * <p>The server outlives a test class, so a class removes whom it made, or takes names of its own.
 */
public final class RealmUsers {
  private RealmUsers() {}

  /** Makes a user, or gives one a new password and other groups. */
  public static void make(String name, String password, String... groups) {
    try {
      TestServer.ofThisBuild().sharedUsers().put(name, password, Set.of(groups));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Removes one.
   *
   * @throws IllegalStateException if there is none of that name
   */
  public static void remove(String name) {
    try {
      TestServer.ofThisBuild().sharedUsers().remove(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
