package io.heliograph.stream;

import io.heliograph.event.EventDraft;
import io.heliograph.event.InvalidEventException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters that every way to read a stream has in common, from text.
 *
 * <p>An empty parameter counts as absent. What does not fit is an {@link
 * InvalidParameterException}.
 */
public final class ReadParameters {
  /** Types one reader may choose among; a longer list is a stream of its own. */
  static final int TYPES_LIMIT = 100;

  private static final Instant EARLIEST = Instant.EPOCH;
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

  private ReadParameters() {}

  /** {@code text}, or null where it says nothing. */
  public static @Nullable String present(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  /** Every type in {@code values}, each of which may be a comma list; empty for all. */
  public static Set<String> types(List<String> values) {
    Set<String> types = new LinkedHashSet<>();
    for (String value : values) {
      for (String item : value.split(",", -1)) {
        String type = present(item);
        if (type != null) {
          types.add(label("type", type, EventDraft.NAME_LIMIT));
        }
        if (types.size() > TYPES_LIMIT) {
          throw new InvalidParameterException("type", "more than " + TYPES_LIMIT + " were given");
        }
      }
    }
    return types;
  }

  /** A moment, given as an ISO-8601 instant or as milliseconds since 1970. */
  public static @Nullable Instant instant(String name, @Nullable String text) {
    String given = present(text);
    if (given == null) {
      return null;
    }
    Instant instant;
    try {
      instant =
          given.matches("\\d{1,15}")
              ? Instant.ofEpochMilli(Long.parseLong(given))
              : OffsetDateTime.parse(given).toInstant();
    } catch (DateTimeException e) {
      throw noInstant(name, given);
    }
    if (instant.isBefore(EARLIEST) || instant.isAfter(LATEST)) {
      throw noInstant(name, given);
    }
    return instant;
  }

  /** Text of 1 to {@code limit} characters without control characters. */
  public static String label(String name, String text, int limit) {
    try {
      EventDraft.requireText(name, text, limit);
    } catch (InvalidEventException e) {
      String message = Objects.requireNonNullElse(e.getMessage(), "");
      throw new InvalidParameterException(name, message.substring(name.length() + ": ".length()));
    }
    return text;
  }

  /** The start of {@code text}, short enough for a message. */
  public static String shown(String text) {
    return text.length() <= 64 ? text : text.substring(0, 64) + "...";
  }

  private static InvalidParameterException noInstant(String name, String given) {
    return new InvalidParameterException(
        name,
        "'"
            + shown(given)
            + "' was given, it takes an instant such as 2026-11-21T10:00:00Z or milliseconds since"
            + " 1970; in a URL a '+' is written %2B");
  }
}
