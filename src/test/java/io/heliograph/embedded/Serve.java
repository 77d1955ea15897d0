package io.heliograph.embedded;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.glassfish.embeddable.GlassFishException;

/**
 * The hub's own JVM: starts it, waits for a signal, stops it.
 *
 * <p>Standard output carries lines for a person, and at last {@link #READY} and the address; all
 * that the server and the hub print or log goes to standard error. {@link HubProcess} starts it and
 * reads the lines.
 */
final class Serve {
  /** Begins the line that says the hub answers; the address follows. */
  static final String READY = "ready ";

  /** Exit code after a line that says why the hub does not start. */
  static final int REFUSED = 2;

  private final Path war;
  private final int port;
  private final Path data;
  private final PrintStream out;
  private final CountDownLatch stopRequested = new CountDownLatch(1);

  private Serve(Path war, int port, Path data, PrintStream out) {
    this.war = war;
    this.port = port;
    this.data = data;
    this.out = out;
  }

  /** Arguments: the WAR, the port, the data directory, the process without which it ends too. */
  public static void main(String[] arguments) {
    PrintStream out = System.out;
    System.setOut(System.err);
    ServerLog.showWarningsOn(out);
    Serve serve =
        new Serve(
            Path.of(arguments[0]), Integer.parseInt(arguments[1]), Path.of(arguments[2]), out);
    serve.stopWith(ProcessHandle.of(Long.parseLong(arguments[3])));
    Signals.onStop(serve.stopRequested::countDown);
    System.exit(serve.run());
  }

  /** Nobody would stop a hub whose starter was killed. */
  private void stopWith(Optional<ProcessHandle> starter) {
    Thread watch =
        new Thread(
            () -> {
              starter.ifPresent(process -> process.onExit().join());
              stopRequested.countDown();
            },
            "starter");
    watch.setDaemon(true);
    watch.start();
  }

  private int run() {
    Path directory = serverDirectory(data);
    try {
      Files.createDirectories(data);
      try (FileChannel lock =
          FileChannel.open(
              data.resolve("server.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        requireOnlyHubIn(lock);
        Directories.delete(directory);
        Files.createDirectories(directory);
        serve(directory);
      } finally {
        Directories.delete(directory);
      }
      return 0;
    } catch (CannotStartException e) {
      out.println(e.getMessage());
      return REFUSED;
    } catch (IOException | GlassFishException | RuntimeException e) {
      e.printStackTrace();
      out.println("the hub failed: " + e);
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private void serve(Path directory) throws GlassFishException, InterruptedException {
    long startedNanos = begin("starting Payara Embedded");
    try (EmbeddedHub hub = EmbeddedHub.start(port, directory)) {
      end(startedNanos);
      if (stopRequested.getCount() == 0) {
        return;
      }
      long deployedNanos = begin("deploying " + war.getFileName());
      ServerLog.Failure failure = ServerLog.watchForFailure();
      if (!hub.deploy(war)) {
        throw new CannotStartException("the hub was not deployed: " + failure.reason());
      }
      end(deployedNanos);
      if (stopRequested.getCount() > 0) {
        out.println(READY + hub.url());
      }
      stopRequested.await();
      begin("stopping");
    }
    out.println("stopped");
  }

  private long begin(String act) {
    out.println(act + " ...");
    return System.nanoTime();
  }

  private void end(long sinceNanos) {
    double seconds = (System.nanoTime() - sinceNanos) / 1e9;
    out.println(String.format(Locale.ROOT, "    took %.1f s", seconds));
  }

  /** The server's own files under a data directory; nothing of the hub's. */
  static Path serverDirectory(Path data) {
    return data.resolve("server");
  }

  private void requireOnlyHubIn(FileChannel lock) throws IOException {
    boolean isOnly;
    try {
      isOnly = lock.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      isOnly = false;
    }
    if (!isOnly) {
      throw new CannotStartException(
          "another hub runs in "
              + data
              + "; stop it or choose another directory with -Dheliograph.data=");
    }
  }
}
