package io.heliograph.access;

/**
 * A token's key could not be looked up because its issuer's keys could not be fetched. Says nothing
 * about the token; the same one may be taken later.
 */
public final class KeysUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  KeysUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
