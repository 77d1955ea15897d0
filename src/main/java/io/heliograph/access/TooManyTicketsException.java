package io.heliograph.access;

/** A caller has as many unused tickets as one may have; they are forgotten within seconds. */
public final class TooManyTicketsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TooManyTicketsException(String message) {
    super(message);
  }
}
