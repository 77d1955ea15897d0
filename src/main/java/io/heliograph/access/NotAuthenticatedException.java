package io.heliograph.access;

/** Nobody in particular asks for what needs a caller. */
public final class NotAuthenticatedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param what that needs one: {@code stream 'orders'}
   */
  public NotAuthenticatedException(String what) {
    super(
        what
            + " needs a credential and none was given; log in, or send an API key or token as"
            + " Authorization: Bearer");
  }
}
