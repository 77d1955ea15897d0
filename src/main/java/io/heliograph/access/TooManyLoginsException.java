package io.heliograph.access;

import java.time.Duration;

/** So many logins were tried that this one was not even looked at; the same one may do later. */
public final class TooManyLoginsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  /**
   * @param message what was seen, the limit and the remedy; neither name nor password, since people
   *     type the one where the other belongs
   */
  TooManyLoginsException(String message, Duration retryAfter) {
    super(message);
    this.retryAfter = retryAfter;
  }

  /** From now until one more may be tried; above zero. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
