package io.heliograph.metrics;

import java.util.Locale;

/** Why a connection ended. */
public enum Ending {
  CLIENT_GONE,
  IDLE_TIMEOUT,
  MAX_LIFETIME,
  REPLACED,
  TOKEN_EXPIRED,
  REVOKED,
  CLOSED_BY_ADMIN,
  /** The application closed the sink. */
  CLOSED,
  TOO_SLOW,
  WRITE_TIMEOUT,
  SERVER_SHUTDOWN,
  FAILED;

  /** As it stands on the wire, in logs and as a metric's label: {@code idle_timeout}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
