package io.heliograph.access;

import java.util.Set;
import java.util.TreeSet;

/**
 * What a caller may do. The server maps its users' groups to these names, in its console or its
 * descriptors; keys and tokens carry them.
 */
public final class Roles {
  /** Read what is the caller's own. */
  public static final String READ_OWN = "events-read-own";

  /** Read everything; where a stream isolates tenants, of the caller's, if it has one. */
  public static final String READ_ALL = "events-read-all";

  public static final String PUBLISH = "events-publish";

  /**
   * Manage keys, tenants and connections, of all tenants: not for anybody who is to be confined to
   * one. Includes the other roles.
   */
  public static final String ADMIN = "events-admin";

  public static final Set<String> ALL = Set.of(READ_OWN, READ_ALL, PUBLISH, ADMIN);

  private Roles() {}

  /** Those of {@code names} that are roles here, and what they include; sorted. */
  static Set<String> including(Set<String> names) {
    Set<String> roles = new TreeSet<>(names.contains(ADMIN) ? ALL : names);
    roles.retainAll(ALL);
    return roles;
  }
}
