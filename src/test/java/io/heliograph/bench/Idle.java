package io.heliograph.bench;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What a connection costs that waits, and what it leaves behind. */
final class Idle implements Scenario {
  /** So many first, and closed again: what the server makes once is no cost of a connection. */
  private static final int FORERUNNERS = 200;

  /** A server that has not let go of its clients by then never will. */
  private static final long LEAVING_NANOS = TimeUnit.SECONDS.toNanos(40);

  private static final long POLL_MILLIS = 500;

  /** Changes below it are the server's own; ten thousand connections are a hundred times that. */
  private static final long SETTLED_BYTES = 2L << 20;

  /** G1 gives memory back in a thread of its own, some time after it collected. */
  private static final long UNCOMMITTING_MILLIS = 3_000;

  private static final String GROUP = "idle";

  @Override
  public void run(Stage stage) throws IOException, InterruptedException {
    int connections = stage.permitted(stage.options().idle());
    Map<Target, Footprint> footprints = new EnumMap<>(Target.class);
    for (Target target : Target.values()) {
      if (stage.has(target)) {
        footprints.put(target, measure(stage, target, connections));
      }
    }
    Report report = stage.report();
    report.section("Idle: " + connections + " connections, nothing published, after collecting");
    row(report, footprints, "heap, KiB per connection", Footprint::heap);
    row(report, footprints, "resident, KiB per connection", Footprint::resident);
    row(report, footprints, "heap left behind, KiB per connection", Footprint::leftBehind);
    row(report, footprints, "opened per second", Footprint::openedPerSecond);
  }

  private static Footprint measure(Stage stage, Target target, int connections)
      throws IOException, InterruptedException {
    try (Client client = stage.client(0)) {
      long files = stage.figures().openFiles();
      client.subscribe(GROUP, target.readPath(), FORERUNNERS, 0);
      close(stage, client, target, files);
      long heapBefore = settledHeap(stage);
      long residentBefore = resident(stage);
      stage.progress("idle, " + target + ": opening " + connections + " connections");
      Fields opened = client.subscribe(GROUP, target.readPath(), connections, 0);
      long heap = stage.figures().heapBytes() - heapBefore;
      long resident = resident(stage) - residentBefore;
      close(stage, client, target, files);
      long leftBehind = settledHeap(stage) - heapBefore;
      double each = 1024.0 * connections;
      return new Footprint(
          heap / each,
          resident / each,
          leftBehind / each,
          connections / (opened.number("micros") / 1e6));
    }
  }

  private static long resident(Stage stage) throws IOException, InterruptedException {
    Thread.sleep(UNCOMMITTING_MILLIS);
    return stage.figures().residentBytes();
  }

  /**
   * Closes the client's side. Who only learns from a failed write that a client went keeps its
   * connection until then, and the next scenario would find the server's files used up; so some
   * events are published. The first write to a closed connection succeeds.
   */
  private static void close(Stage stage, Client client, Target target, long filesBefore)
      throws IOException, InterruptedException {
    client.close(GROUP);
    client.publish(
        new Fields("publish").with("path", target.publishPath()).with("rate", 2).with("count", 4));
    client.awaitPublished();
    long deadline = System.nanoTime() + LEAVING_NANOS;
    while (stage.figures().openFiles() > filesBefore + FORERUNNERS / 2
        && System.nanoTime() < deadline) {
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** What lives on the heap once the departures that are under way are over. */
  private static long settledHeap(Stage stage) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LEAVING_NANOS;
    long before = Long.MAX_VALUE;
    long heap = stage.figures().heapBytes();
    while (heap < before - SETTLED_BYTES && System.nanoTime() < deadline) {
      Thread.sleep(4 * POLL_MILLIS);
      before = heap;
      heap = stage.figures().heapBytes();
    }
    return heap;
  }

  private static void row(
      Report report,
      Map<Target, Footprint> footprints,
      String label,
      ToDoubleFunction<Footprint> value) {
    boolean isSpeed = label.contains("second");
    report.row(
        label,
        isSpeed ? Report.Better.HIGHER : Report.Better.LOWER,
        of(footprints.get(Target.HUB), value),
        of(footprints.get(Target.TEXTBOOK), value));
  }

  private static @Nullable Double of(
      @Nullable Footprint footprint, ToDoubleFunction<Footprint> value) {
    return footprint == null ? null : value.applyAsDouble(footprint);
  }

  private record Footprint(
      double heap, double resident, double leftBehind, double openedPerSecond) {}
}
