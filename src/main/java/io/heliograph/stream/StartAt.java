package io.heliograph.stream;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscriber wants to begin.
 *
 * @param position the Last-Event-ID as the client gave it, valid or not; null or empty for none
 * @param since without a position, from what happened at this time on; null for none
 */
public record StartAt(@Nullable String position, @Nullable Instant since) {
  /** With the next event to come. */
  public static final StartAt NOW = new StartAt(null, null);

  public StartAt {
    position = position == null || position.isEmpty() ? null : position;
  }
}
