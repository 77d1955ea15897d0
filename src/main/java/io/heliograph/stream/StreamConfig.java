package io.heliograph.stream;

import io.heliograph.settings.Settings;
import java.time.Duration;

/**
 * What concerns all streams of the node.
 *
 * @param ringsBytes what all rings may hold together
 * @param drainWindow over how long clients are asked to come back after a shutdown
 */
public record StreamConfig(long ringsBytes, Duration drainWindow) {
  /** Reads {@code heliograph.rings.bytes} and {@code heliograph.drain.window}. */
  public static StreamConfig read(Settings settings) {
    return new StreamConfig(
        settings.bytes("rings.bytes", "128MiB"), settings.duration("drain.window", "20s"));
  }

  /**
   * What pages read from the log may take while they are kept for others: an eighth of the rings.
   */
  long pagesBytes() {
    return ringsBytes / 8;
  }
}
