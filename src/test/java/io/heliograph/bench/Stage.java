package io.heliograph.bench;

import io.heliograph.embedded.Unlimited;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What every scenario plays on: the server, its figures, new clients, and a place for results. */
final class Stage implements AutoCloseable {
  /** Files that the server and a client need besides connections. */
  private static final int OTHER_FILES = 1000;

  private static final List<String> ANOMALIES =
      List.of("lost", "duplicated", "reordered", "gaps", "overflows", "closed");

  private static final Map<String, String> HUB_SETTINGS =
      Map.of(
          "heliograph.streams",
          "channels,patient",
          // Waits for whoever stands still, and keeps everything until then.
          "heliograph.stream.patient.write-timeout",
          "10m",
          "heliograph.stream.patient.history.events",
          "5000000",
          "heliograph.stream.patient.replay.limit",
          "5000000",
          // No heartbeat while a few hundred events are weighed.
          "heliograph.stream.channels.heartbeat.every",
          "30m");

  private final BenchOptions options;
  private final Consumer<String> out;
  private final long startNanos = System.nanoTime();
  private final Report report;
  private final BenchServer server;
  private final ServerFigures figures;
  private int clients;

  /** Starts the server with whatever the options ask for. Takes some seconds. */
  Stage(BenchOptions options, Consumer<String> out) throws IOException, InterruptedException {
    this.options = options;
    this.out = out;
    this.report = new Report(options.server());
    Path directory = emptied(options.directory());
    progress("starting " + options.server() + "; its log is in " + BenchServer.data(directory));
    server =
        BenchServer.start(
            directory,
            Unlimited.besides(HUB_SETTINGS),
            has(Target.TEXTBOOK)
                ? Map.of(Target.TEXTBOOK_ROOT, TextbookWar.writeTo(directory))
                : Map.of(),
            options.serverOptions());
    figures = server.figures();
    progress("it answers on port " + server.port());
  }

  BenchOptions options() {
    return options;
  }

  Report report() {
    return report;
  }

  ServerFigures figures() {
    return figures;
  }

  boolean has(Target target) {
    return options.targets().contains(target.name().toLowerCase(Locale.ROOT));
  }

  /** A client in a fresh JVM, so that no scenario inherits another's heap or compiled code. */
  Client client(int keys) throws IOException {
    clients++;
    return new Client(
        new JavaProcess(
            "client " + clients,
            options.directory().resolve("client-" + clients + ".log"),
            List.of("-Xmx1g", "-XX:+UseParallelGC"),
            LoadClient.class,
            List.of(Integer.toString(server.port()), Integer.toString(keys))));
  }

  /** An order to publish as fast as is acknowledged, within a window ahead of a group. */
  Fields saturating(Target target) {
    return new Fields("publish")
        .with("path", target.publishPath())
        .with("batch", options.batch())
        .with("window", options.window());
  }

  /**
   * Says so if anything is wrong with what a group got. The textbook promises nothing and cannot
   * break a promise; for the hub, the run has failed.
   */
  void check(Target target, String title, Fields account) {
    for (String name : ANOMALIES) {
      if (account.number(name) > 0) {
        fail(target, title + ": " + account);
        return;
      }
    }
  }

  void fail(Target target, String what) {
    progress(what);
    if (target == Target.HUB) {
      report.violation(what);
    }
  }

  /** How many of {@code wanted} connections the limit on open files permits. */
  int permitted(int wanted) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
      if (line.startsWith("Max open files")) {
        String hard = line.strip().split(" +", -1)[4];
        return hard.equals("unlimited")
            ? wanted
            : (int) Math.min(wanted, Long.parseLong(hard) - OTHER_FILES);
      }
    }
    return wanted;
  }

  void progress(String text) {
    long seconds = Duration.ofNanos(System.nanoTime() - startNanos).toSeconds();
    out.accept(String.format("[%3d s] %s", seconds, text));
  }

  private static Path emptied(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    return Files.createDirectories(directory).toAbsolutePath();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
