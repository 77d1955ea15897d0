package io.heliograph.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** An event's JSON text in UTF-8, exactly as it was published. Immutable; shared, never copied. */
public final class EventData {
  /**
   * 256 KiB: what one event may carry. Larger things belong in a store, with a link in the event.
   */
  public static final int LIMIT_BYTES = 256 * 1024;

  private final byte[] utf8;

  private EventData(byte[] utf8) {
    this.utf8 = utf8;
  }

  /** Takes over {@code utf8}: whoever hands it over does not write to it again. */
  public static EventData of(byte[] utf8) {
    if (utf8.length > LIMIT_BYTES) {
      throw new EventTooLargeException(utf8.length);
    }
    return new EventData(utf8);
  }

  public static EventData of(String json) {
    return of(json.getBytes(StandardCharsets.UTF_8));
  }

  /** The bytes themselves; readers do not write to them. */
  public byte[] utf8() {
    return utf8;
  }

  public int length() {
    return utf8.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EventData data && Arrays.equals(utf8, data.utf8);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(utf8);
  }

  @Override
  public String toString() {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
