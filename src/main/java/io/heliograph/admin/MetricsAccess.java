package io.heliograph.admin;

/** Who may read what the hub counts. */
public enum MetricsAccess {
  /** Who may read all events, or is an administrator. */
  AUTHENTICATED,
  /** Anybody: for a network where only monitors get as far as this. */
  PUBLIC
}
