package io.heliograph.stream;

import io.heliograph.settings.Settings;
import java.time.Duration;

/**
 * What concerns all streams of the node.
 *
 * @param ringsBytes what all rings may hold together
 * @param connections how many connections this node takes, of all streams together; 0 for any
 * @param drainWindow over how long clients are asked to come back after a shutdown
 */
public record StreamConfig(long ringsBytes, int connections, Duration drainWindow) {
  /** Reads the keys of the node. */
  public static StreamConfig read(Settings settings) {
    return new StreamConfig(
        settings.bytes("rings.bytes", "128MiB"),
        settings.number("limit.connections", 20_000, 0, Integer.MAX_VALUE),
        settings.duration("drain.window", "20s"));
  }

  /**
   * What pages read from the log may take while they are kept for others: an eighth of the rings.
   */
  long pagesBytes() {
    return ringsBytes / 8;
  }
}
