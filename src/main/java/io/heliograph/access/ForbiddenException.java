package io.heliograph.access;

/** The caller is known and may not do this; the message says what it lacks. */
public final class ForbiddenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ForbiddenException(String message) {
    super(message);
  }
}
