package io.heliograph.event;

/** A field of an event does not fit: says which, what was seen, and what fits. */
public final class InvalidEventException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String field;

  public InvalidEventException(String field, String message) {
    super(field + ": " + message);
    this.field = field;
  }

  /** The field's name as the publisher wrote it, such as {@code correlation_id}. */
  public String field() {
    return field;
  }
}
