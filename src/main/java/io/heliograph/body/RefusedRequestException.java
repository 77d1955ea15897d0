package io.heliograph.body;

/** A request to publish that was refused before anything was stored; says why and what fits. */
public final class RefusedRequestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of mistake it was, which decides the status. */
  public enum Reason {
    /** The body, or a header, is not what its format says: 400. */
    MALFORMED,
    /** The body did not arrive in time: 408. */
    TOO_SLOW,
    /** The same idempotency key came with other content: 409. */
    CONFLICT,
    /** The body, or an event, or their number is over a limit: 413. */
    TOO_LARGE,
    /** A content type that the hub does not read: 415. */
    UNSUPPORTED_TYPE,
    /** Well-formed, but a field does not fit: 422. */
    INVALID
  }

  private final Reason reason;

  public RefusedRequestException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
