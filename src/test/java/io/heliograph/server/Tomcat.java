package io.heliograph.server;

import io.heliograph.embedded.Administrator;
import io.heliograph.embedded.Directories;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tomcat 10.1 or 11, with its manager beside the hub. */
final class Tomcat implements TestServer {
  /** What its start script gives the JVM. */
  private static final List<String> MODULAR =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--add-opens=java.base/java.io=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
          "--add-opens=java.rmi/sun.rmi.transport=ALL-UNNAMED");

  private static @Nullable Tomcat ofThisBuild;

  private final Path home;
  private final Path shared;
  private final TomcatUsers sharedUsers;

  private Tomcat(Path home, Path shared, int sharedPort) {
    this.home = home;
    this.shared = shared;
    this.sharedUsers =
        new TomcatUsers(
            shared.resolve("conf/tomcat-users.xml"),
            URI.create("http://127.0.0.1:" + sharedPort + "/"));
  }

  static synchronized Tomcat ofThisBuild() {
    if (ofThisBuild == null) {
      ofThisBuild =
          new Tomcat(
              Path.of(TestServer.fromBuild("it.server.home")).toAbsolutePath(),
              Path.of(TestServer.fromBuild("it.server.base")).toAbsolutePath(),
              Integer.parseInt(TestServer.fromBuild("it.port")));
    }
    return ofThisBuild;
  }

  /** The one place that says how a Tomcat with a hub is configured. */
  private void configure(Path base) throws IOException {
    Script.run(
        "deploy/tomcat/setup.sh",
        Map.of("CATALINA_HOME", home.toString(), "CATALINA_BASE", base.toString()),
        base.resolve("hub").toString());
    Path contexts = Files.createDirectories(base.resolve("conf/Catalina/localhost"));
    Files.writeString(
        contexts.resolve("manager.xml"),
        "<Context docBase=\"${catalina.home}/webapps/manager\" privileged=\"true\"/>\n");
  }

  @Override
  public void prepareShared() throws IOException {
    Directories.delete(shared);
    configure(shared);
    sharedUsers.begin(null);
  }

  @Override
  public Users sharedUsers() {
    return sharedUsers;
  }

  @Override
  public RunningHub launch(HubPlan plan) throws IOException {
    Path base = plan.data().toAbsolutePath().resolve("server");
    URI address = URI.create("http://127.0.0.1:" + plan.port() + "/");
    Administrator administrator = null;
    if (!Files.exists(base)) {
      configure(base);
      String name = plan.administrator();
      administrator = name == null ? null : Administrator.named(name);
      new TomcatUsers(base.resolve("conf/tomcat-users.xml"), address).begin(administrator);
    }
    // What a killed server left would be half of a deployment.
    Path deployed = base.resolve("webapps");
    for (Path left : List.of(deployed, base.resolve("work"), base.resolve("temp"))) {
      Directories.delete(left);
      Files.createDirectories(left);
    }
    // This name is the root's.
    Files.copy(TestServer.war(), deployed.resolve("ROOT.war"));
    for (Map.Entry<String, Path> other : plan.beside().entrySet()) {
      Files.copy(other.getValue(), deployed.resolve(other.getKey() + ".war"));
    }
    return new ServerProcess(
        command(plan, base),
        plan,
        base,
        administrator,
        new TomcatDeployments(address),
        said ->
            said.contains("startup failed due to previous errors")
                || said.contains("Error deploying web application archive"));
  }

  private List<String> command(HubPlan plan, Path base) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(MODULAR);
    command.addAll(plan.flags());
    command.add("-Djava.awt.headless=true");
    command.add("-Djava.util.logging.manager=org.apache.juli.ClassLoaderLogManager");
    command.add("-Djava.util.logging.config.file=" + base.resolve("conf/logging.properties"));
    command.add("-Djava.io.tmpdir=" + base.resolve("temp"));
    command.add("-Dcatalina.home=" + home);
    command.add("-Dcatalina.base=" + base);
    command.add("-Dhttp.port=" + plan.port());
    command.add("-Dheliograph.data=" + plan.data().toAbsolutePath());
    plan.settings().forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.add("-cp");
    command.add(
        home.resolve("bin/bootstrap.jar")
            + System.getProperty("path.separator")
            + home.resolve("bin/tomcat-juli.jar"));
    command.add("org.apache.catalina.startup.Bootstrap");
    command.add("start");
    return command;
  }
}
