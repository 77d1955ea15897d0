package io.heliograph.server;

import java.io.IOException;
import java.nio.file.Path;

/** Puts applications on a server that runs and takes them away, in the server's own way. */
public interface Deployments {
  /** The root's, where the hub is when its server has started. */
  String ROOT = "ROOT";

  /**
   * Deploys one at {@code /name}.
   *
   * @throws IllegalStateException with what the server said, if it refuses
   */
  void deploy(String name, Path war) throws IOException;

  /** Undeploys it; what it does at its end is done when this returns. */
  void undeploy(String name) throws IOException;

  /** The class of the loader that every application has for itself. */
  String classLoader();
}
