package io.heliograph.event;

import java.util.Optional;

/**
 * An event's number in the hub-wide order, and thereby a position in the log: "everything up to and
 * including this".
 *
 * <p>Between 0 and 2<sup>53</sup> - 1, so that JavaScript keeps it exactly. Outside {@code log} it
 * is opaque: it is compared, never counted with.
 */
public record EventId(long value) implements Comparable<EventId> {
  /** The position before every event. */
  public static final EventId NONE = new EventId(0);

  private static final long LIMIT = 1L << 53;

  public EventId {
    if (value < 0 || value >= LIMIT) {
      throw new IllegalArgumentException("event id " + value + " is not within 0 and 2^53 - 1");
    }
  }

  /** The id written in {@code text}, or empty where {@code text} is no number that an id can be. */
  public static Optional<EventId> parse(String text) {
    if (text.isEmpty() || text.length() > 16) {
      return Optional.empty();
    }
    long value = 0;
    for (int i = 0; i < text.length(); i++) {
      char digit = text.charAt(i);
      if (digit < '0' || digit > '9') {
        return Optional.empty();
      }
      value = value * 10 + (digit - '0');
    }
    return value < LIMIT ? Optional.of(new EventId(value)) : Optional.empty();
  }

  public boolean isAfter(EventId other) {
    return value > other.value;
  }

  public static EventId max(EventId a, EventId b) {
    return a.value >= b.value ? a : b;
  }

  public static EventId min(EventId a, EventId b) {
    return a.value <= b.value ? a : b;
  }

  @Override
  public int compareTo(EventId other) {
    return Long.compare(value, other.value);
  }

  /** The digits, as they stand in an {@code id:} line. */
  @Override
  public String toString() {
    return Long.toString(value);
  }
}
