package io.heliograph.stream;

import io.heliograph.metrics.Refusal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A limit is reached: this node takes no more such connections, or waiting polls, now. */
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
    RATE(Refusal.LIMIT_RATE, "rate.per-address"),
    POLLS(Refusal.BUSY, ""),
    POLLS_OF_ADDRESS(Refusal.LIMIT_ADDRESS, "limit.per-address"),
    POLLS_OF_USER(Refusal.LIMIT_USER, "limit.per-user");

    private final Refusal refusal;
    private final String suffix;

    Limit(Refusal refusal, String suffix) {
      this.refusal = refusal;
      this.suffix = suffix;
    }

    /** The key that sets it, without what comes before it for a stream; empty if none does. */
    String suffix() {
      return suffix;
    }

    /** Whether requests that wait are counted for it, and not connections. */
    boolean isOfPolls() {
      return this == POLLS || this == POLLS_OF_ADDRESS || this == POLLS_OF_USER;
    }

    String whose(Peer peer) {
      return switch (this) {
        case NODE, POLLS -> "on this node";
        case STREAM -> "to it";
        case ADDRESS, RATE, POLLS_OF_ADDRESS -> "from " + peer.address().network();
        case USER, POLLS_OF_USER -> "of " + peer.shownName();
        case TENANT -> "of tenant " + peer.tenant();
        case SESSION -> "of this session";
      };
    }
  }

  private final Limit limit;
  private final @Nullable String sentence;
  private final transient Duration retryAfter;

  /**
   * @param policy whose stream is asked for, and whose words may say it
   */
  RefusedConnectionException(
      Limit limit, StreamPolicy policy, Duration retryAfter, String message) {
    super(message);
    this.limit = limit;
    this.sentence = policy.preset().sentence(limit);
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
    return limit == Limit.NODE || limit == Limit.STREAM || limit == Limit.POLLS;
  }

  /** What the stream's clients were promised to read; null where that is only the message. */
  public @Nullable String sentence() {
    return sentence;
  }

  /** When another try may succeed. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
