package io.heliograph.server;

import java.io.IOException;
import java.util.Set;

/**
 * The users of a server's realm, changed in the server's own way while it runs. What is deployed
 * sees a change when the method returns. Safe for use from several threads.
 */
public interface Users {
  /** Makes a user, or gives one a new password and other groups. */
  void put(String name, String password, Set<String> groups) throws IOException;

  /**
   * Removes one.
   *
   * @throws IllegalStateException if there is none of that name
   */
  void remove(String name) throws IOException;
}
