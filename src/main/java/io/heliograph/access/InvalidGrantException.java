package io.heliograph.access;

/** A field of what somebody is to be granted does not fit: says which, what was seen, what fits. */
public final class InvalidGrantException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String field;

  public InvalidGrantException(String field, String message) {
    super(field + ": " + message);
    this.field = field;
  }

  /** The field's name as an administrator writes it: {@code roles}. */
  public String field() {
    return field;
  }
}
