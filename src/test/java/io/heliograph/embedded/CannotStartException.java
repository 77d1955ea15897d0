package io.heliograph.embedded;

import org.jspecify.annotations.Nullable;

/** The hub does not start; the message is one sentence for the person who started it. */
public final class CannotStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CannotStartException(String message) {
    this(message, null);
  }

  public CannotStartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
