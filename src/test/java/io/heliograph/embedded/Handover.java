package io.heliograph.embedded;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a hub that has started tells its starter, and nobody else: secrets made at this start, to be
 * shown to a person once.
 *
 * @param made the administrator who was made or got a new password
 * @param key an API key; only at the first start
 * @param administrators the names of all
 */
record Handover(@Nullable Administrator made, @Nullable String key, List<String> administrators) {
  /** Nothing that it is made of holds one. */
  private static final String SEPARATOR = "\t";

  /** As one line. */
  String line() {
    List<String> parts = new ArrayList<>();
    parts.add(made == null ? "" : made.name());
    parts.add(made == null ? "" : made.password());
    parts.add(key == null ? "" : key);
    parts.addAll(administrators);
    return String.join(SEPARATOR, parts);
  }

  static Handover of(String line) {
    List<String> parts = List.of(line.split(SEPARATOR, -1));
    return new Handover(
        parts.get(0).isEmpty() ? null : new Administrator(parts.get(0), parts.get(1)),
        parts.get(2).isEmpty() ? null : parts.get(2),
        parts.subList(3, parts.size()));
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "handover of " + (made == null ? "nobody" : made) + (key == null ? "" : " and a key");
  }
}
