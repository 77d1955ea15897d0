package io.heliograph.server;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A hub in a process of its own, which ends with this JVM at the latest. Its log is {@code
 * server.log} in the data directory.
 */
public interface RunningHub extends AutoCloseable {
  /**
   * Waits until the hub answers.
   *
   * @return its address, ending in a slash
   * @throws io.heliograph.embedded.CannotStartException if it will not, with what it said; the
   *     server is killed then
   */
  URI awaitReady(Duration deadline) throws InterruptedException;

  /** What the first start made up: the administrator's password and an API key; once. */
  List<String> takeSecrets();

  /** SIGTERM. Gives 0 if the server ended by itself and in time, whatever its JVM's code was. */
  int stop() throws InterruptedException;

  /** SIGKILL; waits until it is gone. */
  void kill() throws InterruptedException;

  /** What else its server is asked to run, and the hub itself anew. */
  Deployments deployments();

  long pid();

  Path log();

  /** Kills it if it lives still. Its data stay. */
  @Override
  void close();
}
