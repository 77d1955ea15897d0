package io.heliograph.metrics;

import java.util.Locale;

/** Why a position that a client presented could not be honoured. */
public enum GapReason {
  /** Events after it are no longer kept. */
  TRIMMED,
  /** It is malformed, or was never this log's. */
  UNKNOWN,
  /** More events lie after it than {@code replay.limit} allows. */
  LIMIT;

  /** As it stands on the wire and as a metric's label. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
