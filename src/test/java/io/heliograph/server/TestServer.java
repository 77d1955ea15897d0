package io.heliograph.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/** A kind of server, as tests use it. */
public interface TestServer {
  /** That which this build was asked for. */
  static TestServer ofThisBuild() {
    String name = fromBuild("arquillian.launch");
    return switch (name) {
      case "payara" -> new PayaraEmbedded();
      case "wildfly" -> WildFly.ofThisBuild();
      case "tomcat" -> Tomcat.ofThisBuild();
      default -> throw new IllegalStateException("arquillian.launch: no server " + name);
    };
  }

  /** A system property that the POM sets for integration tests. */
  static String fromBuild(String property) {
    return Objects.requireNonNull(
        System.getProperty(property), () -> "the POM sets " + property + " for tests; run Maven");
  }

  /** The WAR of this build for this server. */
  static Path war() {
    return Path.of(fromBuild("hub.war")).toAbsolutePath();
  }

  /** Starts a hub in a process of its own, at the root, and does not wait for it. */
  RunningHub launch(HubPlan plan) throws IOException;

  /** Makes the directory of the server that Arquillian starts; call it before. */
  void prepareShared() throws IOException;

  /** The users of the server that Arquillian has started. */
  Users sharedUsers();

  /** The JVM of the server that Arquillian has started. */
  default Jvm sharedJvm() {
    // The mark stands in arquillian.xml; what is beyond a page of a command is not told.
    return ProcessHandle.current()
        .descendants()
        .filter(process -> process.info().commandLine().orElse("").contains("-Dit.shared"))
        .findFirst()
        .map(process -> new Jvm(process.pid()))
        .orElseThrow(
            () -> new IllegalStateException("Arquillian runs no server; deploy something"));
  }
}
