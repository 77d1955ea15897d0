package io.heliograph.container;

/** The one bean that a server's end is told to. */
public interface Stoppable {
  /** Says farewell to everybody and stops; some seconds at most. Again does nothing. */
  void stop();
}
