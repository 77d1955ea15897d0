package io.heliograph.stream;

import io.heliograph.metrics.Refusal;
import java.time.Duration;

/** A limit is reached: this node takes no more such connections now. */
public final class RefusedConnectionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Which limit. */
  enum Limit {
    NODE(Refusal.LIMIT_NODE, "limit.connections"),
    STREAM(Refusal.LIMIT_STREAM, "limit.connections"),
    ADDRESS(Refusal.LIMIT_ADDRESS, "limit.per-address"),
    USER(Refusal.LIMIT_USER, "limit.per-user"),
    TENANT(Refusal.LIMIT_TENANT, "limit.per-tenant"),
    SESSION(Refusal.LIMIT_SESSION, "limit.per-session"),
    RATE(Refusal.LIMIT_RATE, "rate.per-address");

    private final Refusal refusal;
    private final String suffix;

    Limit(Refusal refusal, String suffix) {
      this.refusal = refusal;
      this.suffix = suffix;
    }

    /** The key that sets it, without what comes before it for a stream. */
    String suffix() {
      return suffix;
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

  Limit limit() {
    return limit;
  }

  /** As what it is counted. */
  public Refusal refusal() {
    return limit.refusal;
  }

  /** Whether it is the server that is full, and not the client that wants too much. */
  public boolean isServers() {
    return limit == Limit.NODE || limit == Limit.STREAM;
  }

  /** When another try may succeed. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
