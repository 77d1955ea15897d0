package io.heliograph.embedded;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.glassfish.embeddable.GlassFishException;
import org.jspecify.annotations.Nullable;

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

  /** Begins a line that is for the starter alone, before {@link #READY}. */
  static final String HANDOVER = "handover ";

  /** Exit code after a line that says why the hub does not start. */
  static final int REFUSED = 2;

  private final Path war;
  private final Map<String, Path> beside;
  private final Path data;
  private final PrintStream out;
  private final CountDownLatch stopRequested = new CountDownLatch(1);

  private Serve(Path war, Map<String, Path> beside, Path data, PrintStream out) {
    this.war = war;
    this.beside = beside;
    this.data = data;
    this.out = out;
  }

  /**
   * Arguments: the WAR, the port, the data directory, the process without which it ends too, the
   * address, what {@link People} consist of, and other WARs, each after its context root.
   */
  public static void main(String[] arguments) {
    PrintStream out = System.out;
    System.setOut(System.err);
    ServerLog.showWarningsOn(out);
    Map<String, Path> beside = new LinkedHashMap<>();
    for (int at = 7; at < arguments.length; at += 2) {
      beside.put(arguments[at], Path.of(arguments[at + 1]));
    }
    Serve serve = new Serve(Path.of(arguments[0]), beside, Path.of(arguments[2]), out);
    serve.stopWith(ProcessHandle.of(Long.parseLong(arguments[3])));
    Signals.onStop(serve.stopRequested::countDown);
    People people = new People(arguments[5], Boolean.parseBoolean(arguments[6]));
    System.exit(serve.run(arguments[4], Integer.parseInt(arguments[1]), people));
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

  private int run(String address, int port, People people) {
    Path directory = serverDirectory(data);
    try {
      Files.createDirectories(data);
      try (FileChannel lock =
          FileChannel.open(
              data.resolve("server.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        requireOnlyHubIn(lock);
        Directories.delete(directory);
        Files.createDirectories(directory);
        serve(Listening.on(address, port), people, directory);
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

  /** Who was made is unmade if the hub does not come up: nobody would know the password. */
  private void serve(Listening listening, People people, Path directory)
      throws IOException, GlassFishException, InterruptedException {
    UsersFile users = UsersFile.in(data);
    boolean wasReady = false;
    try {
      long startedNanos = begin("starting Payara Embedded");
      try (EmbeddedHub hub = EmbeddedHub.start(listening, directory, users.path())) {
        end(startedNanos);
        wasReady = serve(hub, listening, people);
        begin("stopping");
      }
    } finally {
      if (!wasReady) {
        users.restore();
      }
    }
    out.println("stopped");
  }

  /** Until a stop is requested; says whether the hub was ready before. */
  private boolean serve(EmbeddedHub hub, Listening listening, People people)
      throws IOException, GlassFishException, InterruptedException {
    List<String> before = People.administratorsOf(hub.realm());
    Optional<Administrator> made = people.make(hub.realm(), before);
    List<String> administrators = People.administratorsOf(hub.realm());
    if (!listening.isLoopback() && administrators.isEmpty()) {
      throw new CannotStartException(
          "the hub listens on "
              + listening.text()
              + " only once it has an administrator; start it on "
              + Listening.LOOPBACK
              + ", or make one with -Dheliograph.administrator=");
    }
    if (stopRequested.getCount() == 0) {
      return false;
    }
    deploy(hub);
    @Nullable String key = null;
    if (made.isPresent() && before.isEmpty()) {
      key = firstKey(hub, made.get());
    }
    if (stopRequested.getCount() == 0) {
      return false;
    }
    out.println(HANDOVER + new Handover(made.orElse(null), key, administrators).line());
    out.println(READY + hub.url());
    stopRequested.await();
    return true;
  }

  private void deploy(EmbeddedHub hub) throws GlassFishException {
    long deployedNanos = begin("deploying " + war.getFileName());
    ServerLog.Failure failure = ServerLog.watchForFailure();
    if (!hub.deploy(war)) {
      throw new CannotStartException("the hub was not deployed: " + failure.reason());
    }
    for (Map.Entry<String, Path> other : beside.entrySet()) {
      if (!hub.deployBeside(other.getKey(), other.getValue())) {
        throw new CannotStartException(other.getValue() + " was not deployed: " + failure.reason());
      }
    }
    end(deployedNanos);
  }

  private @Nullable String firstKey(EmbeddedHub hub, Administrator administrator)
      throws InterruptedException {
    try {
      return FirstKey.ask(hub.url(), administrator);
    } catch (FirstKey.NotMadeException e) {
      out.println(e.getMessage());
      return null;
    }
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
