package io.heliograph.server;

import io.heliograph.embedded.FileRealm;
import io.heliograph.embedded.HubProcess;
import io.heliograph.embedded.People;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.glassfish.embeddable.CommandRunner;
import org.glassfish.internal.api.Globals;

/** Payara Embedded: Arquillian's runs in this JVM, others are started as by {@code mvn -Prun}. */
final class PayaraEmbedded implements TestServer {
  @Override
  public RunningHub launch(HubPlan plan) throws IOException {
    String administrator = plan.administrator();
    return new Launched(
        HubProcess.launch(
            new HubProcess.Plan(
                TestServer.war(),
                "127.0.0.1",
                plan.port(),
                plan.data(),
                administrator == null ? People.UNTOUCHED : new People(administrator, false),
                plan.settings(),
                plan.beside(),
                plan.flags(),
                plan.listener())));
  }

  /** Nothing: the adapter makes it. */
  @Override
  public void prepareShared() {}

  @Override
  public Users sharedUsers() {
    FileRealm realm =
        new FileRealm(
            Objects.requireNonNull(
                Globals.get(CommandRunner.class), "no server runs in this JVM; deploy something"));
    return new Users() {
      @Override
      public void put(String name, String password, Set<String> groups) throws IOException {
        realm.put(name, password, groups);
      }

      @Override
      public void remove(String name) {
        realm.remove(name);
      }
    };
  }

  @Override
  public Jvm sharedJvm() {
    return new Jvm(ProcessHandle.current().pid());
  }

  private record Launched(HubProcess process) implements RunningHub {
    @Override
    public URI awaitReady(Duration deadline) throws InterruptedException {
      return process.awaitReady(deadline);
    }

    @Override
    public List<String> takeSecrets() {
      return process.takeSecrets();
    }

    @Override
    public int stop() throws InterruptedException {
      return process.stop();
    }

    @Override
    public void kill() throws InterruptedException {
      process.kill();
    }

    @Override
    public Deployments deployments() {
      throw new UnsupportedOperationException("nothing tells a launched hub what to run");
    }

    @Override
    public long pid() {
      return process.pid();
    }

    @Override
    public Path log() {
      return process.log();
    }

    @Override
    public void close() {
      process.close();
    }
  }
}
