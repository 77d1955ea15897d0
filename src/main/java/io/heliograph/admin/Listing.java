package io.heliograph.admin;

import io.heliograph.stream.InvalidParameterException;
import io.heliograph.stream.ReadParameters;
import org.jspecify.annotations.Nullable;

/** How much of a list is asked for. */
final class Listing {
  private static final int DEFAULT_LIMIT = 100;
  private static final int LIMIT = 1000;

  private Listing() {}

  /** The number in {@code text}, a query's {@code limit}. */
  static int limit(@Nullable String text) {
    if (text == null) {
      return DEFAULT_LIMIT;
    }
    int number = text.matches("\\d{1,4}") ? Integer.parseInt(text) : 0;
    if (number < 1 || number > LIMIT) {
      throw new InvalidParameterException(
          "limit",
          "'" + ReadParameters.shown(text) + "' was given, it takes a number from 1 to " + LIMIT);
    }
    return number;
  }
}
