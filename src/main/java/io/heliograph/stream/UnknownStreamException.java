package io.heliograph.stream;

/** A request names a stream that is not declared. */
public final class UnknownStreamException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says no more than the caller did: which streams there are is not for everyone to know. */
  public UnknownStreamException(String name) {
    super(
        "there is no stream '"
            + ReadParameters.shown(name)
            + "'; streams are declared in heliograph.streams");
  }
}
