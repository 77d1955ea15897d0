package io.heliograph.subscribe;

/** A query parameter or path segment does not fit: says which, what was seen, and what fits. */
public final class BadParameterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BadParameterException(String message) {
    super(message);
  }
}
