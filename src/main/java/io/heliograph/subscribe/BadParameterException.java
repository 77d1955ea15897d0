package io.heliograph.subscribe;

import io.heliograph.event.InvalidEventException;

/** A query parameter or path segment does not fit: says which, what was seen, and what fits. */
public final class BadParameterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BadParameterException(String message) {
    super(message);
  }

  BadParameterException(InvalidEventException cause) {
    super(String.valueOf(cause.getMessage()), cause);
  }
}
