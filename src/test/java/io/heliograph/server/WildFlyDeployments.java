package io.heliograph.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Through the directory that the server looks into every five seconds. */
final class WildFlyDeployments implements Deployments {
  /** Several looks of a busy server, and what it does about what it saw. */
  private static final Duration DEADLINE = Duration.ofMinutes(10);

  private static final Duration LOOK = Duration.ofMillis(50);

  private final Path directory;

  WildFlyDeployments(Path directory) {
    this.directory = directory;
  }

  @Override
  public void deploy(String name, Path war) throws IOException {
    Path file = directory.resolve(name + ".war");
    Path failed = marker(name, "failed");
    // Elsewhere first: the server begins with whatever it finds.
    Path copy = Files.copy(war, directory.resolveSibling(name + ".war.copy"));
    Files.move(copy, file);
    Files.write(marker(name, "dodeploy"), new byte[0]);
    await(name, "deployed");
    if (Files.exists(failed)) {
      throw new IllegalStateException("WildFly said of " + file + ": " + Files.readString(failed));
    }
  }

  @Override
  public void undeploy(String name) throws IOException {
    Files.delete(marker(name, "deployed"));
    await(name, "undeployed");
    // The marker last: without it the server would deploy what is still there.
    Files.delete(directory.resolve(name + ".war"));
    Files.deleteIfExists(marker(name, "undeployed"));
  }

  private void await(String name, String fate) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!Files.exists(marker(name, fate)) && !Files.exists(marker(name, "failed"))) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException(
            "WildFly has not " + fate + " " + name + " within " + DEADLINE);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK.toMillis()));
    }
  }

  private Path marker(String name, String fate) {
    return directory.resolve(name + ".war." + fate);
  }

  @Override
  public String classLoader() {
    return "org.jboss.modules.ModuleClassLoader";
  }
}
