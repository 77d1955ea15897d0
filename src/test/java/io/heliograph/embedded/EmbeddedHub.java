package io.heliograph.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;
import org.glassfish.embeddable.GlassFish;
import org.glassfish.embeddable.GlassFishException;
import org.glassfish.embeddable.GlassFishProperties;
import org.glassfish.embeddable.GlassFishRuntime;
import org.jspecify.annotations.Nullable;

/**
 * Payara Embedded in this JVM, with one WAR at the root of 127.0.0.1.
 *
 * <p>One at a time in a JVM, used by one thread. The JVM needs the options that the POM names in
 * {@code payara.opens}.
 */
public final class EmbeddedHub implements AutoCloseable {
  private static final String APPLICATION = "heliograph";

  private final GlassFishRuntime runtime;
  private final GlassFish server;
  private final int port;
  private boolean isDeployed;

  private EmbeddedHub(GlassFishRuntime runtime, GlassFish server, int port) {
    this.runtime = runtime;
    this.server = server;
    this.port = port;
  }

  /**
   * A server that has started and has nothing deployed.
   *
   * @param directory where the server puts its own files; they are gone after {@link #close()}
   * @throws CannotStartException if the port is in use or the JDK does not fit
   */
  public static EmbeddedHub start(int port, Path directory) throws GlassFishException {
    requireSupportedJdk();
    requireFree(port);
    GlassFishProperties properties = new GlassFishProperties();
    URL domain = Objects.requireNonNull(EmbeddedHub.class.getResource("domain.xml"));
    properties.setConfigFileURI(domain.toString());
    properties.setPort("http-listener", port);
    properties.setProperty("glassfish.embedded.tmpdir", directory.toString());
    GlassFishRuntime runtime = GlassFishRuntime.bootstrap();
    GlassFish server = runtime.newGlassFish(properties);
    server.start();
    return new EmbeddedHub(runtime, server, port);
  }

  /**
   * Deploys {@code war} at the root.
   *
   * @return false if Payara could not; the cause is in its log only
   */
  public boolean deploy(Path war) throws GlassFishException {
    @Nullable String name =
        server.getDeployer().deploy(war.toFile(), "--name", APPLICATION, "--contextroot", "/");
    isDeployed = name != null;
    return isDeployed;
  }

  /** Deploys another WAR beside the hub; likewise. */
  public boolean deployBeside(String contextRoot, Path war) throws GlassFishException {
    return server
            .getDeployer()
            .deploy(war.toFile(), "--name", contextRoot, "--contextroot", contextRoot)
        != null;
  }

  /** Where the hub answers; ends in a slash. */
  URI url() {
    return URI.create("http://127.0.0.1:" + port + "/");
  }

  /** Undeploys, while connections can still be told, then stops the server. */
  @Override
  public void close() throws GlassFishException {
    try {
      if (isDeployed) {
        server.getDeployer().undeploy(APPLICATION);
      }
    } finally {
      server.stop();
      server.dispose();
      runtime.shutdown();
    }
  }

  private static void requireSupportedJdk() {
    int feature = Runtime.version().feature();
    if (feature != 17 && feature != 21) {
      throw new CannotStartException(
          "Payara Embedded 6 runs on JDK 17 or 21, this is JDK "
              + Runtime.version()
              + "; set JAVA_HOME to one of them");
    }
  }

  /** Payara itself would report a taken port in its log, and start. */
  private static void requireFree(int port) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new CannotStartException(
          "port "
              + port
              + " on 127.0.0.1 cannot be had ("
              + e.getMessage()
              + "); stop what listens there or choose another with -Dheliograph.port=",
          e);
    }
  }
}
