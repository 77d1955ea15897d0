package io.heliograph.stream;

/** What a reader asks for cannot be: says which parameter, what was seen, and what fits. */
public final class InvalidParameterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidParameterException(String parameter, String message) {
    super(parameter + ": " + message);
  }
}
