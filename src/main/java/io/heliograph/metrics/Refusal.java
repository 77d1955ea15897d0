package io.heliograph.metrics;

import java.util.Locale;

/** Why a request was refused. */
public enum Refusal {
  INVALID,
  UNKNOWN_STREAM,
  TOO_LARGE,
  CONFLICT,
  LOG_UNAVAILABLE,
  OUTCOME_UNKNOWN,
  STOPPING,
  LIMIT_NODE,
  LIMIT_STREAM,
  LIMIT_ADDRESS,
  LIMIT_USER,
  LIMIT_TENANT,
  LIMIT_SESSION,
  LIMIT_RATE;

  /** As it stands as a metric's label. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
