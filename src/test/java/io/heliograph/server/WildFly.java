package io.heliograph.server;

import io.heliograph.embedded.Administrator;
import io.heliograph.embedded.Directories;
import io.heliograph.embedded.HubProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** WildFly with its standalone.xml. */
final class WildFly implements TestServer {
  /** What its start script gives the JVM on Java 17. */
  private static final List<String> MODULAR =
      List.of(
          "--add-exports=java.desktop/sun.awt=ALL-UNNAMED",
          "--add-exports=java.naming/com.sun.jndi.ldap=ALL-UNNAMED",
          "--add-exports=java.naming/com.sun.jndi.url.ldap=ALL-UNNAMED",
          "--add-exports=java.naming/com.sun.jndi.url.ldaps=ALL-UNNAMED",
          "--add-exports=jdk.naming.dns/com.sun.jndi.dns=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--add-opens=java.base/java.io=ALL-UNNAMED",
          "--add-opens=java.base/java.net=ALL-UNNAMED",
          "--add-opens=java.base/java.security=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
          "--add-opens=java.management/javax.management=ALL-UNNAMED",
          "--add-opens=java.naming/javax.naming=ALL-UNNAMED");

  private static @Nullable WildFly ofThisBuild;

  private final Path home;
  private final Path template;
  private final Path shared;
  private final WildFlyUsers sharedUsers;

  private WildFly(Path home, Path template, Path shared) {
    this.home = home;
    this.template = template;
    this.shared = shared;
    this.sharedUsers =
        new WildFlyUsers(
            shared.resolve("configuration"),
            Integer.parseInt(TestServer.fromBuild("it.management.port")));
  }

  /** Its configuration is made once for each run, by the tool of the server. */
  static synchronized WildFly ofThisBuild() {
    if (ofThisBuild == null) {
      Path home = Path.of(TestServer.fromBuild("it.server.home")).toAbsolutePath();
      ofThisBuild =
          new WildFly(
              home,
              home.resolveSibling("wildfly-base"),
              Path.of(TestServer.fromBuild("it.server.base")).toAbsolutePath());
      ofThisBuild.configure();
    }
    return ofThisBuild;
  }

  /** The one place that says how a WildFly with a hub is configured. */
  private void configure() {
    try {
      Directories.delete(template);
      BaseDirectory.copy(home.resolve("standalone"), template);
      Script.run(
          "deploy/wildfly/setup.sh",
          Map.of("JBOSS_HOME", home.toString(), "JBOSS_BASE", template.toString()),
          template.resolve("hub").toString());
      WildFlyUsers.prepare(template.resolve("configuration"));
    } catch (IOException e) {
      throw new IllegalStateException("WildFly could not be configured", e);
    }
  }

  @Override
  public void prepareShared() throws IOException {
    Directories.delete(shared);
    BaseDirectory.copy(template, shared);
  }

  @Override
  public Users sharedUsers() {
    return sharedUsers;
  }

  @Override
  public RunningHub launch(HubPlan plan) throws IOException {
    Path base = plan.data().toAbsolutePath().resolve("server");
    int management = HubProcess.freePort();
    Administrator administrator = null;
    if (!Files.exists(base)) {
      BaseDirectory.copy(template, base);
      String name = plan.administrator();
      if (name != null) {
        administrator = Administrator.named(name);
        new WildFlyUsers(base.resolve("configuration"), management)
            .write(name, administrator.password(), Set.of(Administrator.GROUP));
      }
    }
    // What a killed server left would be half of a deployment.
    Directories.delete(base.resolve("tmp"));
    Directories.delete(base.resolve("data"));
    Path deployments = base.resolve("deployments");
    Directories.delete(deployments);
    Files.createDirectories(deployments);
    // This name is the root's.
    Files.copy(TestServer.war(), deployments.resolve("ROOT.war"));
    List<Path> failures = new ArrayList<>(List.of(deployments.resolve("ROOT.war.failed")));
    for (Map.Entry<String, Path> other : plan.beside().entrySet()) {
      Files.copy(other.getValue(), deployments.resolve(other.getKey() + ".war"));
      failures.add(deployments.resolve(other.getKey() + ".war.failed"));
    }
    return new ServerProcess(
        command(plan, base, management),
        plan,
        base,
        administrator,
        new WildFlyDeployments(deployments),
        said -> failures.stream().anyMatch(Files::exists));
  }

  private List<String> command(HubPlan plan, Path base, int management) {
    Path configuration = base.resolve("configuration");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-D[Standalone]");
    command.addAll(MODULAR);
    command.addAll(plan.flags());
    command.add("-Djava.awt.headless=true");
    command.add("-Djava.net.preferIPv4Stack=true");
    command.add("-Djboss.modules.system.pkgs=org.jboss.byteman");
    // Colours are for terminals.
    command.add("-Dorg.jboss.logmanager.nocolor=true");
    command.add("-Dorg.jboss.boot.log.file=" + base.resolve("log/server.log"));
    command.add("-Dlogging.configuration=file:" + configuration.resolve("logging.properties"));
    command.add("-Djboss.http.port=" + plan.port());
    command.add("-Djboss.https.port=" + HubProcess.freePort());
    command.add("-Djboss.management.http.port=" + management);
    command.add("-Djboss.management.https.port=" + HubProcess.freePort());
    command.add("-Dheliograph.data=" + plan.data().toAbsolutePath());
    plan.settings().forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.add("-jar");
    command.add(home.resolve("jboss-modules.jar").toString());
    command.add("-mp");
    command.add(home.resolve("modules").toString());
    command.add("org.jboss.as.standalone");
    command.add("-Djboss.home.dir=" + home);
    command.add("-Djboss.server.base.dir=" + base);
    return command;
  }
}
