package io.heliograph.it;

import io.heliograph.embedded.HubProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A real proxy, on loopback, in front of one hub or two: started from its file in {@code deploy/},
 * in the foreground, and ended with the test.
 */
final class FrontProxy implements AutoCloseable {
  /** What the three programs do differently. */
  interface Dialect {
    /** Puts addresses and paths of the test into the file. */
    void adapt(ProxyFile file, Setup setup);

    /** The command that runs it in the foreground. */
    List<String> command(ProxyProgram program, Path file);

    /** Takes the first node out, as the file says. */
    void drainFirstNode(FrontProxy proxy) throws IOException, InterruptedException;
  }

  /**
   * @param nodes one or two
   * @param tlsPort 0 without TLS
   */
  record Setup(Path directory, int port, int tlsPort, List<URI> nodes) {
    String path(String name) {
      return directory.resolve(name).toString();
    }

    String node(int index) {
      return nodes.get(index).getAuthority();
    }

    boolean hasTls() {
      return tlsPort != 0;
    }

    static boolean isRoot() {
      return System.getProperty("user.name").equals("root");
    }
  }

  private final ProxyProgram program;
  private final Setup setup;
  private final Process process;
  private final Thread ender;

  private FrontProxy(ProxyProgram program, Setup setup) {
    this.program = program;
    this.setup = setup;
    this.process = launch(program.dialect().command(program, file()));
    this.ender = new Thread(this::end, "end-" + program);
    Runtime.getRuntime().addShutdownHook(ender);
  }

  /** Aborts the test, with a sentence, where the program is not installed. */
  static void assumeInstalled(ProxyProgram program) {
    Assumptions.assumeTrue(
        program.isInstalled(),
        () -> program.program() + " is not here; Debian's package installs it, see .ci/run");
  }

  /** Starts it in front of {@code nodes}, the addresses of hubs. */
  static FrontProxy start(ProxyProgram program, URI... nodes) {
    return start(program, false, nodes);
  }

  /** Likewise, with the lines for TLS taken in; {@link ProxyTlsIT} makes the certificate. */
  static FrontProxy startWithTls(ProxyProgram program, URI... nodes) {
    return start(program, true, nodes);
  }

  private static FrontProxy start(ProxyProgram program, boolean hasTls, URI... nodes) {
    try {
      // Short: the path of a Unix socket has 108 bytes at most.
      Path directory = Files.createTempDirectory("proxy");
      Setup setup =
          new Setup(
              directory, HubProcess.freePort(), hasTls ? HubProcess.freePort() : 0, List.of(nodes));
      if (hasTls) {
        TestCertificate.write(directory);
      }
      ProxyFile file = new ProxyFile(program.file());
      if (hasTls) {
        file.uncomment("#tls");
      }
      if (nodes.length > 1) {
        file.uncomment("#node").replace("10.0.0.2:8080", setup.node(1));
      }
      program.dialect().adapt(file.replace("127.0.0.1:8080", setup.node(0)), setup);
      file.write(directory.resolve("proxy.conf"));
      FrontProxy proxy = new FrontProxy(program, setup);
      proxy.awaitListening();
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process launch(List<String> command) {
    try {
      return new ProcessBuilder(command)
          .directory(setup.directory().toFile())
          .redirectErrorStream(true)
          .redirectOutput(
              ProcessBuilder.Redirect.appendTo(setup.directory().resolve("output.log").toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitListening() {
    Waiting.until(
        program + " listens",
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError(program + " did not start: " + logs());
          }
          try {
            new Socket(InetAddress.getLoopbackAddress(), setup.port()).close();
            return true;
          } catch (IOException e) {
            return false;
          }
        });
  }

  /** Runs another command of the program's, such as the one that reloads its file. */
  void run(String... command) throws InterruptedException {
    Process run = launch(List.of(command));
    if (!run.waitFor(Waiting.DEADLINE.toSeconds(), TimeUnit.SECONDS) || run.exitValue() != 0) {
      throw new AssertionError(List.of(command) + " failed: " + logs());
    }
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + setup.port() + "/");
  }

  URI tlsAddress() {
    return URI.create("https://localhost:" + setup.tlsPort() + "/");
  }

  Door door() {
    return new Door(address());
  }

  Path file() {
    return setup.directory().resolve("proxy.conf");
  }

  Setup setup() {
    return setup;
  }

  void drainFirstNode() throws IOException, InterruptedException {
    program.dialect().drainFirstNode(this);
  }

  /** Everything that it has written into any of its logs. */
  String logs() {
    try (Stream<Path> files = Files.list(setup.directory())) {
      StringBuilder all = new StringBuilder();
      for (Path log : files.filter(file -> file.toString().endsWith(".log")).toList()) {
        all.append(Files.readString(log, StandardCharsets.ISO_8859_1));
      }
      return all.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its own memory, all processes together, without what they share with files. */
  long memoryBytes() {
    return processes().mapToLong(FrontProxy::memoryBytes).sum();
  }

  private static long memoryBytes(ProcessHandle process) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith("RssAnon:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .sum();
    } catch (IOException | UncheckedIOException e) {
      // It has ended meanwhile.
      return 0;
    }
  }

  /** What it has open in files but its logs, also in those that no directory lists any more. */
  long fileBytes() {
    return processes().mapToLong(FrontProxy::fileBytes).sum();
  }

  private static long fileBytes(ProcessHandle process) {
    long bytes = 0;
    try (Stream<Path> links = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
      for (Path link : links.toList()) {
        String target = Files.readSymbolicLink(link).toString();
        if (target.startsWith("/") && !target.endsWith(".log") && Files.isRegularFile(link)) {
          bytes += Files.size(link);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      // It was closed meanwhile.
      return bytes;
    }
    return bytes;
  }

  private Stream<ProcessHandle> processes() {
    return Stream.concat(Stream.of(process.toHandle()), process.toHandle().descendants());
  }

  private void end() {
    List<ProcessHandle> all = processes().toList();
    process.destroy();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    all.forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() {
    end();
    Runtime.getRuntime().removeShutdownHook(ender);
    try (Stream<Path> files = Files.walk(setup.directory())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
