package io.heliograph.stream;

import java.time.Duration;

/** A limit is reached: this node takes no more such connections now. */
public final class RefusedConnectionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Which limit. */
  public enum Limit {
    NODE,
    STREAM,
    ADDRESS,
    USER,
    TENANT,
    SESSION,
    RATE;

    /** Whether it is the server that is full, and not the client that wants too much. */
    public boolean isServers() {
      return this == NODE || this == STREAM;
    }

    /** The key under a stream's that sets it. */
    String suffix() {
      return switch (this) {
        case NODE, STREAM -> "limit.connections";
        case ADDRESS -> "limit.per-address";
        case USER -> "limit.per-user";
        case TENANT -> "limit.per-tenant";
        case SESSION -> "limit.per-session";
        case RATE -> "rate.per-address";
      };
    }

    String whose(Peer peer) {
      return switch (this) {
        case NODE -> "on this node";
        case STREAM -> "to it";
        case ADDRESS, RATE -> "from " + peer.address().network();
        case USER -> "of " + peer.caller();
        case TENANT -> "of tenant " + peer.tenant();
        case SESSION -> "of this session";
      };
    }
  }

  private final Limit limit;
  private final transient Duration retryAfter;

  RefusedConnectionException(Limit limit, Duration retryAfter, String message) {
    super(message);
    this.limit = limit;
    this.retryAfter = retryAfter;
  }

  public Limit limit() {
    return limit;
  }

  /** When another try may succeed. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
