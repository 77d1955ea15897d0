package io.heliograph.log;

/**
 * The store was lost while it committed and cannot be asked: the events may be stored or not. Safe
 * to repeat only with the same idempotency key.
 */
public final class OutcomeUnknownException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public OutcomeUnknownException(String message, Throwable cause) {
    super(message, cause);
  }
}
