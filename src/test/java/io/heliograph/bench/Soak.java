package io.heliograph.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The steady load for many minutes: what lives on the server's heap must stay what it was, and
 * nothing may be lost. Not among the defaults, for its length.
 */
final class Soak implements Scenario {
  private static final int LOOKS = 10;
  private static final String GROUP = "readers";

  /** By then rings and caches are as full as they get; the default ring holds 1,000 events. */
  private static final int FILLING_SECONDS = 30;

  /** A leak of one byte for each of the 60 million deliveries would be four times this. */
  private static final long GROWTH_LIMIT_BYTES = 16L << 20;

  @Override
  public void run(Stage stage) throws IOException, InterruptedException {
    if (!stage.has(Target.HUB)) {
      return;
    }
    BenchOptions options = stage.options();
    try (Client client = stage.client(0)) {
      client.subscribe(GROUP, Target.HUB.readPath(), options.subscribers(), 0);
      client.publish(
          new Fields("publish")
              .with("path", Target.HUB.publishPath())
              .with("rate", options.rate())
              .with("millis", (FILLING_SECONDS + options.soakSeconds()) * 1000L)
              .with("group", GROUP));
      Thread.sleep(FILLING_SECONDS * 1000L);
      Fields before = client.mark(GROUP);
      List<Long> heaps = new ArrayList<>(List.of(stage.figures().heapBytes()));
      for (int look = 1; look <= LOOKS; look++) {
        Thread.sleep(options.soakSeconds() * 1000L / LOOKS);
        heaps.add(stage.figures().heapBytes());
        stage.progress("soak: heap " + kib(heaps.get(look)) + " KiB");
      }
      Fields after = client.mark(GROUP);
      client.awaitPublished();
      stage.check(Target.HUB, "soak", client.settle(GROUP));
      report(stage, heaps, after.number("delivered") - before.number("delivered"));
    }
  }

  private static void report(Stage stage, List<Long> heaps, long delivered) {
    BenchOptions options = stage.options();
    Report report = stage.report();
    report.section(
        ("Soak: " + options.subscribers() + " subscribers, " + options.rate())
            + (" single events per second, for " + options.soakSeconds() + " s"));
    long first = heaps.get(0);
    long last = heaps.get(LOOKS);
    report.row("delivered", Report.Better.NONE, (double) delivered, null);
    report.row("heap after GC at the beginning, KiB", Report.Better.NONE, kib(first), null);
    report.row("heap after GC in the end, KiB", Report.Better.LOWER, kib(last), null);
    if (last - first > GROWTH_LIMIT_BYTES) {
      report.violation("soak: the heap grew, in bytes: " + heaps);
    }
  }

  private static double kib(long bytes) {
    return Math.rint(bytes / 1024.0);
  }
}
