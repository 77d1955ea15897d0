package io.heliograph.stream;

/** The node stops and takes no new connections; another one, or this one soon, does. */
public final class StoppingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoppingException() {
    super("this node is stopping and takes no new connections; come back in a few seconds");
  }
}
