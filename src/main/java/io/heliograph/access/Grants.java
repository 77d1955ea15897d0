package io.heliograph.access;

import io.heliograph.event.EventDraft;
import io.heliograph.event.InvalidEventException;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the fields of a grant may be, and how they are kept. */
final class Grants {
  private Grants() {}

  /**
   * Requires what an event's labels must be, because it is compared with them.
   *
   * @throws InvalidGrantException naming {@code field}
   */
  static void requireLabel(String field, String text, int limit) {
    try {
      EventDraft.requireText(field, text, limit);
    } catch (InvalidEventException e) {
      throw new InvalidGrantException(
          field, String.valueOf(e.getMessage()).substring(field.length() + 2));
    }
  }

  /** Likewise, or nothing. */
  static void requireOptional(String field, @Nullable String text) {
    if (text != null) {
      requireLabel(field, text, EventDraft.LABEL_LIMIT);
    }
  }

  /** Whether {@code text} could have been granted something. */
  static boolean isLabel(String text) {
    try {
      requireLabel("name", text, EventDraft.LABEL_LIMIT);
      return true;
    } catch (InvalidGrantException e) {
      return false;
    }
  }

  /**
   * @throws IllegalArgumentException if a page of {@code limit} is none; SQLite would take a
   *     negative limit for none at all
   */
  static void requireLimit(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a page has at least one entry, not " + limit);
    }
  }

  static String text(Set<String> roles) {
    return String.join(",", new TreeSet<>(roles));
  }

  static Set<String> roles(String text) {
    return text.isEmpty() ? Set.of() : Set.of(text.split(",", -1));
  }
}
