package io.heliograph.it;

import io.heliograph.embedded.Directories;
import io.heliograph.embedded.HubProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A domain of the unpacked Payara Server, made from nothing and handled with what its operator has:
 * asadmin, the scripts in {@code deploy/payara}, signals.
 *
 * <p>Every command has a deadline. What {@link #close} finds running it kills, by its pid.
 */
final class PayaraServer implements AutoCloseable {
  /** The distribution, unpacked by the profile {@code payara-server}. */
  static final String PROPERTY = "payara.server";

  private static final Duration COMMAND_DEADLINE = Duration.ofMinutes(4);
  private static final Duration STOP_DEADLINE = Duration.ofMinutes(2);
  private static final String DOMAIN = "hub";

  /** How far above the base asadmin puts each port of a domain. */
  private static final List<Integer> OFFSETS =
      List.of(9, 37, 38, 39, 48, 49, 59, 66, 76, 80, 81, 86);

  private static final int ADMIN = 48;
  private static final int HTTP = 80;

  private final Path asadmin;
  private final Path directory;
  private final int base;

  private PayaraServer(Path asadmin, Path directory, int base) {
    this.asadmin = asadmin;
    this.directory = directory;
    this.base = base;
  }

  /** A new domain, not started. */
  static PayaraServer create(String name) {
    Path home =
        Path.of(
            Objects.requireNonNull(System.getProperty(PROPERTY), "run it with -Ppayara-server"));
    Path asadmin = home.resolve("bin").resolve("asadmin").toAbsolutePath();
    // The zip knows which files are executable; not everybody who unpacks it listens.
    asadmin.toFile().setExecutable(true);
    Path directory = TestHub.directory(name).toAbsolutePath();
    try {
      Directories.delete(directory);
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    PayaraServer server = new PayaraServer(asadmin, directory, freeBase());
    server.local(
        Map.of(), "create-domain", "--nopassword", "--portbase", Integer.toString(server.base));
    return server;
  }

  private static int freeBase() {
    while (true) {
      int base = HubProcess.freePort() / 100 * 100;
      if (OFFSETS.stream().allMatch(offset -> isFree(base + offset))) {
        return base;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return probe.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + (base + HTTP) + "/");
  }

  Path data() {
    return directory.resolve("data");
  }

  Path configuration() {
    return directory.resolve(DOMAIN).resolve("config").resolve("domain.xml");
  }

  /** Starts it; it may not answer for the hub yet when this returns. */
  void start(Map<String, String> environment) {
    local(environment, "start-domain");
  }

  void stop() {
    local(Map.of(), "stop-domain");
  }

  long pid() {
    try {
      return Long.parseLong(
          Files.readString(directory.resolve(DOMAIN).resolve("config").resolve("pid")).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGTERM of the server's JVM; waits until it is gone. */
  void terminate() {
    ProcessHandle jvm = ProcessHandle.of(pid()).orElseThrow();
    jvm.destroy();
    Waiting.until("the server ended at SIGTERM", jvm.onExit(), STOP_DEADLINE);
  }

  /** Runs a subcommand of asadmin against the running domain. */
  String admin(String... command) {
    List<String> line =
        new ArrayList<>(
            List.of(
                asadmin.toString(),
                "--user",
                "admin",
                "--port",
                Integer.toString(base + ADMIN),
                "--interactive=false"));
    line.addAll(Arrays.asList(command));
    return run(line, Map.of(), "");
  }

  /** Runs one of {@code deploy/payara}'s scripts with {@code input}, and gives what it said. */
  String script(String name, String input, String... arguments) {
    List<String> line = new ArrayList<>(List.of("bash", "deploy/payara/" + name));
    line.addAll(Arrays.asList(arguments));
    return run(
        line,
        Map.of("ASADMIN", asadmin.toString(), "ADMIN_PORT", Integer.toString(base + ADMIN)),
        input);
  }

  private void local(Map<String, String> environment, String subcommand, String... options) {
    List<String> line =
        new ArrayList<>(List.of(asadmin.toString(), "--interactive=false", subcommand));
    line.addAll(List.of("--domaindir", directory.toString()));
    line.addAll(Arrays.asList(options));
    line.add(DOMAIN);
    run(line, environment, "");
  }

  private String run(List<String> command, Map<String, String> environment, String input) {
    try {
      Path output = Files.createTempFile(directory, "command", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      builder.environment().put("AS_JAVA", System.getProperty("java.home"));
      builder.environment().putAll(environment);
      Process process = builder.start();
      process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().close();
      boolean hasEnded = process.waitFor(COMMAND_DEADLINE.toSeconds(), TimeUnit.SECONDS);
      if (!hasEnded) {
        process.destroyForcibly().waitFor();
      }
      String said = Files.readString(output);
      Files.delete(output);
      if (!hasEnded || process.exitValue() != 0) {
        throw new AssertionError(command + (hasEnded ? " failed: " : " did not end: ") + said);
      }
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public void close() {
    if (Files.exists(directory.resolve(DOMAIN).resolve("config").resolve("pid"))) {
      ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroyForcibly);
    }
  }
}
