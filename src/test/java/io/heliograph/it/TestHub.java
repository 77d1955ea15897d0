package io.heliograph.it;

import io.heliograph.embedded.HubProcess;
import io.heliograph.embedded.Unlimited;
import io.heliograph.server.HubPlan;
import io.heliograph.server.Jvm;
import io.heliograph.server.RunningHub;
import io.heliograph.server.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A hub in a process of its own, that can be killed and started again at the same address. */
final class TestHub implements AutoCloseable {
  private final HubPlan plan;
  private final Door door;
  private RunningHub process;

  private TestHub(HubPlan plan) {
    this.plan = plan;
    this.process = launch(plan);
    this.door = new Door(await());
  }

  /**
   * Starts one with an empty log.
   *
   * @param name of its directory under {@code target}
   * @param settings without the {@code heliograph.} that each begins with
   */
  static TestHub start(String name, Map<String, String> settings) {
    Path data = directory(name);
    delete(data);
    return start(data, settings);
  }

  /** Starts one that keeps its log in {@code data}. */
  static TestHub start(Path data, Map<String, String> settings) {
    return new TestHub(plan(data, null, settings, line -> {}));
  }

  /**
   * Starts one with an empty log and an administrator, {@code root}.
   *
   * @param listener gets each line that it says to a person
   */
  static TestHub startWithAdministrator(
      String name, Map<String, String> settings, Consumer<String> listener) {
    Path data = directory(name);
    delete(data);
    return new TestHub(plan(data, "root", settings, listener));
  }

  /** What this start made up for people: root's password and an API key; once. */
  List<String> takeSecrets() {
    return process.takeSecrets();
  }

  static Path directory(String name) {
    return Path.of(System.getProperty("it.directory", "target/it"), name);
  }

  private static HubPlan plan(
      Path data,
      @Nullable String administrator,
      Map<String, String> settings,
      Consumer<String> listener) {
    return new HubPlan(
        HubProcess.freePort(),
        data,
        administrator,
        prefixed(settings),
        List.of("-Xmx768m"),
        listener);
  }

  private static Map<String, String> prefixed(Map<String, String> settings) {
    return Unlimited.besides(
        settings.entrySet().stream()
            .collect(
                Collectors.toMap(entry -> "heliograph." + entry.getKey(), Map.Entry::getValue)));
  }

  private static RunningHub launch(HubPlan plan) {
    try {
      return TestServer.ofThisBuild().launch(plan);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private URI await() {
    try {
      return process.awaitReady(HubProcess.START_DEADLINE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  Door door() {
    return door;
  }

  Path data() {
    return plan.data();
  }

  /** The server's log, with the hub's lines in it. */
  Path log() {
    return process.log();
  }

  long pid() {
    return process.pid();
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.kill();
  }

  /** SIGTERM; gives the exit code. */
  int stop() throws InterruptedException {
    return process.stop();
  }

  /** Starts it again where it was, after it was killed or stopped. */
  void startAgain() {
    process = launch(plan);
    await();
  }

  /** Bytes of live objects in the server's heap, after a full collection. */
  long liveBytes() {
    return new Jvm(process.pid()).liveBytes();
  }

  /** What a class holds of them: its own objects, without what they refer to. */
  String histogram(int lines) {
    return new Jvm(process.pid()).histogram(lines);
  }

  @Override
  public void close() {
    process.close();
  }

  private static void delete(Path root) {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
