package io.heliograph.access;

/** A credential was presented and is not valid: never "nobody in particular", always refused. */
public final class InvalidCredentialException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String scheme;

  /**
   * @param message what is wrong with it; nothing of the credential itself
   */
  public InvalidCredentialException(String message) {
    this("Bearer", message);
  }

  private InvalidCredentialException(String scheme, String message) {
    super(message);
    this.scheme = scheme;
  }

  /** Of what came as {@code Authorization: Basic}. */
  static InvalidCredentialException ofBasic(String message) {
    return new InvalidCredentialException("Basic", message);
  }

  /** The authentication scheme that the refused credential is of (RFC 9110, 11.1). */
  public String scheme() {
    return scheme;
  }
}
