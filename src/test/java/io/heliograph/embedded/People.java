package io.heliograph.embedded;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a start does about the realm's users.
 *
 * @param administrator who shall be one; empty for nobody
 * @param getsNewPassword whether also if there are administrators
 */
public record People(String administrator, boolean getsNewPassword) {
  /** The realm stays as it is. */
  public static final People UNTOUCHED = new People("", false);

  /** If there is no administrator, {@code admin} is made. */
  static final People FIRST_ADMINISTRATOR = new People(Administrator.DEFAULT_NAME, false);

  /**
   * {@code name} is made an administrator, or gets a new password.
   *
   * @throws CannotStartException if the realm would not take the name
   */
  static People withNewPassword(String name) {
    return new People(Administrator.requireName(name), true);
  }

  /** The names of those who are administrators now. */
  static List<String> administratorsOf(FileRealm realm) {
    return realm.names().stream()
        .filter(name -> realm.groupsOf(name).contains(Administrator.GROUP))
        .toList();
  }

  /**
   * Does it.
   *
   * @param present the administrators before
   * @return the one that was made, if any
   */
  Optional<Administrator> make(FileRealm realm, List<String> present) throws IOException {
    if (administrator.isEmpty() || (!present.isEmpty() && !getsNewPassword)) {
      return Optional.empty();
    }
    Administrator made = Administrator.named(administrator);
    Set<String> groups = new TreeSet<>(Set.of(Administrator.GROUP));
    if (realm.names().contains(administrator)) {
      groups.addAll(realm.groupsOf(administrator));
    }
    realm.put(made.name(), made.password(), groups);
    return Optional.of(made);
  }
}
