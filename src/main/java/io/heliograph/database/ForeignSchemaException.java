package io.heliograph.database;

/** A database works and its tables are a newer hub's, or no hub's. Trying again does not help. */
public final class ForeignSchemaException extends Exception {
  private static final long serialVersionUID = 1L;

  ForeignSchemaException(String message, Throwable cause) {
    super(message, cause);
  }
}
