package io.heliograph.embedded;

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
 * Payara Embedded in this JVM, with one WAR at the root of an address.
 *
 * <p>One at a time in a JVM, used by one thread. The JVM needs the options that the POM names in
 * {@code payara.opens}.
 */
final class EmbeddedHub implements AutoCloseable {
  private static final String APPLICATION = "heliograph";

  /** Prefix of what Payara sets in its domain.xml before it starts. */
  private static final String CONFIGURATION = "embedded-glassfish-config.server.";

  private final GlassFishRuntime runtime;
  private final GlassFish server;
  private final Listening listening;
  private boolean isDeployed;

  private EmbeddedHub(GlassFishRuntime runtime, GlassFish server, Listening listening) {
    this.runtime = runtime;
    this.server = server;
    this.listening = listening;
  }

  /**
   * A server that has started and has nothing deployed.
   *
   * @param directory where the server puts its own files; they are gone after {@link #close()}
   * @param users the realm's file, which must exist
   * @throws CannotStartException if the port is in use or the JDK does not fit
   */
  static EmbeddedHub start(Listening listening, Path directory, Path users)
      throws GlassFishException {
    requireSupportedJdk();
    listening.requireFree();
    GlassFishProperties properties = new GlassFishProperties();
    URL domain = Objects.requireNonNull(EmbeddedHub.class.getResource("domain.xml"));
    properties.setConfigFileURI(domain.toString());
    properties.setPort("http-listener", listening.port());
    properties.setProperty(
        CONFIGURATION + "network-config.network-listeners.network-listener.http-listener.address",
        listening.text());
    properties.setProperty(
        CONFIGURATION + "security-service.auth-realm.file.property.file", users.toString());
    properties.setProperty("glassfish.embedded.tmpdir", directory.toString());
    GlassFishRuntime runtime = GlassFishRuntime.bootstrap();
    GlassFish server = runtime.newGlassFish(properties);
    server.start();
    return new EmbeddedHub(runtime, server, listening);
  }

  /**
   * Deploys {@code war} at the root.
   *
   * @return false if Payara could not; the cause is in its log only
   */
  boolean deploy(Path war) throws GlassFishException {
    @Nullable String name =
        server.getDeployer().deploy(war.toFile(), "--name", APPLICATION, "--contextroot", "/");
    isDeployed = name != null;
    return isDeployed;
  }

  /** Deploys another WAR beside the hub; likewise. */
  boolean deployBeside(String contextRoot, Path war) throws GlassFishException {
    return server
            .getDeployer()
            .deploy(war.toFile(), "--name", contextRoot, "--contextroot", contextRoot)
        != null;
  }

  /** Where the hub answers; ends in a slash. */
  URI url() {
    return listening.url();
  }

  /** The server's users. */
  FileRealm realm() throws GlassFishException {
    return new FileRealm(server.getCommandRunner());
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
}
