package io.heliograph.metrics;

import java.util.Locale;

/** Why a request was refused. */
public enum Refusal {
  /** It does not fit: any 4xx that has no reason of its own here. */
  INVALID,
  /** No such event, or nothing at that address. */
  NOT_FOUND,
  UNKNOWN_STREAM,
  /** No credential where one is needed, or one that is not valid. */
  NOT_AUTHENTICATED,
  /** The caller lacks a role, or asks for another tenant's. */
  FORBIDDEN,
  TOO_LARGE,
  CONFLICT,
  LOG_UNAVAILABLE,
  /** Credentials could not be checked. */
  STORE_UNAVAILABLE,
  OUTCOME_UNKNOWN,
  /** Too many wait already, for a thread or for an event. */
  BUSY,
  STOPPING,
  LIMIT_NODE,
  LIMIT_STREAM,
  LIMIT_ADDRESS,
  LIMIT_USER,
  LIMIT_TENANT,
  LIMIT_SESSION,
  LIMIT_RATE,
  /** Too many wrong passwords, or tickets that nobody redeems. */
  LIMIT_LOGINS;

  /** As it stands as a metric's label. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
