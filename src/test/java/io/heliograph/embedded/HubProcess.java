package io.heliograph.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.glassfish.embeddable.GlassFish;
import org.jspecify.annotations.Nullable;

/**
 * A hub in a JVM of its own.
 *
 * <p>{@link #launch} returns while it starts, {@link #awaitReady} when it answers. The process ends
 * with this JVM at the latest. Its log is {@code server.log} in the data directory. Safe for use
 * from several threads.
 */
public final class HubProcess implements AutoCloseable {
  /** More than a start takes on a slow machine with a cold disk. */
  public static final Duration START_DEADLINE = Duration.ofMinutes(3);

  /** More than a farewell (5 s at most) and the server's own stopping take. */
  private static final Duration STOP_DEADLINE = Duration.ofSeconds(30);

  /** Beyond it an old log makes room; one server's chatter is a few hundred KiB. */
  private static final long LOG_BYTES = 16L << 20;

  /** Set for the launcher; the hub would refuse them as unknown. */
  static final Set<String> LAUNCHER_SETTINGS =
      Set.of("heliograph.port", "heliograph.address", "heliograph.administrator");

  private static final String LOG_FORMAT = "%1$tF %1$tT.%1$tL %4$s %3$s: %5$s%6$s%n";

  private final Process process;
  private final Path data;
  private final Thread reader;
  private final List<String> lines = new ArrayList<>();
  private final CompletableFuture<URI> ready = new CompletableFuture<>();
  private final AtomicReference<@Nullable Handover> handover = new AtomicReference<>();

  private HubProcess(Process process, Path data, Consumer<String> listener) {
    this.process = process;
    this.data = data;
    this.reader = new Thread(() -> read(listener), "hub-" + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * How to start one; a value, so that a killed hub can be started again in the same way.
   *
   * @param address where it listens
   * @param people what becomes of the realm's users
   * @param settings {@code heliograph.*} and other system properties of the hub's JVM
   * @param beside other WARs, each by its context root
   * @param flags options of its JVM, such as {@code -Xmx1g}
   * @param listener gets each line that is meant for a person, on a thread of its own
   */
  public record Plan(
      Path war,
      String address,
      int port,
      Path data,
      People people,
      Map<String, String> settings,
      Map<String, Path> beside,
      List<String> flags,
      Consumer<String> listener) {

    /** On 127.0.0.1, alone, and with whatever users are there. */
    public Plan(
        Path war,
        int port,
        Path data,
        Map<String, String> settings,
        List<String> flags,
        Consumer<String> listener) {
      this(
          war,
          Listening.LOOPBACK,
          port,
          data,
          People.UNTOUCHED,
          settings,
          Map.of(),
          flags,
          listener);
    }
  }

  /**
   * A port on 127.0.0.1 that nothing uses now. Below those that systems give to outgoing
   * connections: one of these could take it before the hub does.
   */
  public static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 30_000);
      try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return probe.getLocalPort();
      } catch (IOException e) {
        // It is taken; the next one.
      }
    }
  }

  /** Starts the JVM and does not wait for it. */
  public static HubProcess launch(Plan plan) throws IOException {
    Path data = plan.data().toAbsolutePath().normalize();
    Files.createDirectories(data);
    Path log = data.resolve("server.log");
    if (Files.exists(log) && Files.size(log) > LOG_BYTES) {
      Files.move(log, data.resolve("server.log.1"), StandardCopyOption.REPLACE_EXISTING);
    }
    ProcessBuilder builder =
        new ProcessBuilder(command(plan, data))
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    LAUNCHER_SETTINGS.forEach(name -> builder.environment().remove(environmentName(name)));
    return new HubProcess(builder.start(), data, plan.listener());
  }

  static String environmentName(String property) {
    return property.replace('.', '_').toUpperCase(Locale.ROOT);
  }

  private static List<String> command(Plan plan, Path data) {
    Map<String, String> properties = new TreeMap<>(plan.settings());
    properties.put("heliograph.data", data.toString());
    properties.put("java.awt.headless", "true");
    properties.put("java.io.tmpdir", Serve.serverDirectory(data).toString());
    properties.put("java.util.logging.SimpleFormatter.format", LOG_FORMAT);

    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(opens());
    command.addAll(plan.flags());
    properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
    // Not the hub's classes: the server would find them before the WAR's.
    command.add("-cp");
    command.add(
        location(Serve.class) + System.getProperty("path.separator") + location(GlassFish.class));
    command.add(Serve.class.getName());
    command.add(plan.war().toAbsolutePath().toString());
    command.add(Integer.toString(plan.port()));
    command.add(data.toString());
    command.add(Long.toString(ProcessHandle.current().pid()));
    command.add(plan.address());
    command.add(plan.people().administrator());
    command.add(Boolean.toString(plan.people().getsNewPassword()));
    plan.beside()
        .forEach((root, other) -> command.addAll(List.of(root, other.toAbsolutePath().toString())));
    return command;
  }

  private static List<String> opens() {
    String opens =
        Objects.requireNonNull(
            System.getProperty("payara.opens"),
            "the system property payara.opens is missing; run this through Maven, or set it to"
                + " what the POM's property of that name says");
    return List.of(opens.strip().split("\\s+"));
  }

  private static Path location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(type + " does not lie in a file", e);
    }
  }

  private void read(Consumer<String> listener) {
    try (BufferedReader in = process.inputReader()) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith(Serve.READY)) {
          ready.complete(URI.create(line.substring(Serve.READY.length())));
        } else if (line.startsWith(Serve.HANDOVER)) {
          // Not among the lines: they come into messages.
          handover.set(Handover.of(line.substring(Serve.HANDOVER.length())));
        } else {
          synchronized (lines) {
            lines.add(line);
          }
          listener.accept(line);
        }
      }
    } catch (IOException e) {
      listener.accept("lost the hub's output: " + e);
    } finally {
      ready.completeExceptionally(new IOException("its process ended"));
    }
  }

  /**
   * Waits until the hub answers.
   *
   * @return its address, ending in a slash
   * @throws CannotStartException if it ended before, or the deadline passed; it is killed then
   */
  public URI awaitReady(Duration deadline) throws InterruptedException {
    try {
      return ready.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      kill();
      synchronized (lines) {
        throw new CannotStartException(
            "the hub did not start, it said " + lines + "; its log is " + log(), e);
      }
    }
  }

  /** What a hub that is ready had to say about people; once, then it is forgotten here. */
  Optional<Handover> takeHandover() {
    return Optional.ofNullable(handover.getAndSet(null));
  }

  /** The secrets of {@link #takeHandover}: the administrator's password and the first key. */
  public List<String> takeSecrets() {
    List<String> secrets = new ArrayList<>();
    takeHandover()
        .ifPresent(
            made -> {
              if (made.made() != null) {
                secrets.add(made.made().password());
              }
              if (made.key() != null) {
                secrets.add(made.key());
              }
            });
    return secrets;
  }

  /** Waits until the process has ended, and gives its exit code: 0 after a clean stop. */
  public int awaitEnd() throws InterruptedException {
    int status = process.waitFor();
    reader.join();
    deleteServerFiles();
    return status;
  }

  /** SIGTERM: the hub says farewell and stops. Waits for it, and kills it if it takes too long. */
  public int stop() throws InterruptedException {
    // Not Process.destroy(), which also closes the streams: its last lines would be lost.
    process.toHandle().destroy();
    if (!process.waitFor(STOP_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
      process.toHandle().destroyForcibly();
    }
    return awaitEnd();
  }

  /** SIGKILL: the hub does not notice. Waits until it is gone. */
  public void kill() throws InterruptedException {
    process.toHandle().destroyForcibly();
    awaitEnd();
  }

  /** Kills it if it lives still. */
  @Override
  public void close() {
    try {
      kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public Path log() {
    return data.resolve("server.log");
  }

  /** A hub that stops cleanly has deleted them itself. */
  private void deleteServerFiles() {
    try {
      Directories.delete(Serve.serverDirectory(data));
    } catch (IOException e) {
      System.getLogger(HubProcess.class.getName())
          .log(System.Logger.Level.WARNING, "a dead hub's files stay", e);
    }
  }
}
