package io.heliograph.admin;

import io.heliograph.access.ApiKey;
import io.heliograph.access.Roles;
import io.heliograph.body.JsonBody;
import io.heliograph.event.InvalidEventException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what an administrator wants of a new key. */
final class WishReader {
  private static final List<String> FIELDS = List.of("name", "owner", "tenant", "roles", "expires");

  private @Nullable String name;
  private @Nullable String owner;
  private @Nullable String tenant;
  private @Nullable Instant expires;
  private Set<String> roles = Set.of();

  /** Takes the field {@code field}, at whose value {@code json} stands. */
  void field(String field, JsonBody json) {
    switch (field) {
      case "name" -> name = json.text(field);
      case "owner" -> owner = json.text(field);
      case "tenant" -> tenant = json.text(field);
      case "roles" -> roles = roles(json.texts(field, 10 * Roles.ALL.size()));
      case "expires" -> expires = instant(json.text(field));
      default ->
          throw new InvalidEventException(
              JsonBody.shown(field), "no such field; a key has " + String.join(", ", FIELDS));
    }
  }

  ApiKey.Wish wish() {
    if (name == null) {
      throw new InvalidEventException("name", "is missing; it tells people what the key is for");
    }
    return new ApiKey.Wish(name, owner, tenant, roles, expires);
  }

  /** Nobody who computed a list without roles meant the default. */
  private static Set<String> roles(List<String> names) {
    if (names.isEmpty()) {
      throw new InvalidEventException(
          "roles", "is empty; leave it out for " + Roles.READ_ALL + ", or name some");
    }
    return Set.copyOf(names);
  }

  private static @Nullable Instant instant(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new InvalidEventException("expires", "takes an instant such as 2027-01-31T00:00:00Z");
    }
  }
}
