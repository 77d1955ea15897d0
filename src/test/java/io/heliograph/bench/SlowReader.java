package io.heliograph.bench;

import java.io.IOException;
import java.util.Map;

/**
 * One subscriber stops reading while many events pass, then reads on: the others must not feel it,
 * the server's heap must not grow, and it must get everything in the end. Not among the defaults.
 */
final class SlowReader implements Scenario {
  private static final int OTHERS = 20;
  private static final int PER_SECOND = 10_000;
  private static final int BATCH = 50;
  private static final long USUAL_MILLIS = 10_000;
  private static final long STUCK_MILLIS = 20_000;

  /** A ring and what the catch-up keeps of the log; the events that pass are 20 MB. */
  private static final long GROWTH_LIMIT_BYTES = 16L << 20;

  private static final String PATH = "/api/v2/streams/patient";
  private static final String READERS = "readers";
  private static final String STUCK = "stuck";

  @Override
  public void run(Stage stage) throws IOException {
    if (!stage.has(Target.HUB)) {
      return;
    }
    Report report = stage.report();
    long passed = PER_SECOND * STUCK_MILLIS / 1000;
    report.section("Slow: 1 of " + OTHERS + " stops reading while " + passed + " events pass");
    try (Client client = stage.client(0)) {
      client.subscribe(READERS, PATH, OTHERS, 0);
      client.subscribe(STUCK, PATH, 1, 0);
      stage.progress("slow: everyone reads");
      publish(client, USUAL_MILLIS);
      client.settle(READERS);
      client.settle(STUCK);
      client.mark(READERS);
      publish(client, USUAL_MILLIS);
      client.settle(READERS);
      double usual = client.mark(READERS).number("p99") / 1e6;
      long heapBefore = stage.figures().heapBytes();

      stage.progress("slow: one stops");
      client.pause(STUCK);
      publish(client, STUCK_MILLIS);
      client.settle(READERS);
      double stuck = client.mark(READERS).number("p99") / 1e6;
      long heapAfter = stage.figures().heapBytes();

      stage.progress("slow: it reads on");
      Fields before = client.mark(STUCK);
      client.resume(STUCK);
      Map<String, Fields> accounts =
          Map.of(STUCK, client.settle(STUCK), READERS, client.settle(READERS));
      Fields after = client.mark(STUCK);
      accounts.forEach((group, account) -> stage.check(Target.HUB, "slow, " + group, account));

      double seconds = (after.number("nanos") - before.number("nanos")) / 1e9;
      double caughtUp = after.number("delivered") - before.number("delivered");
      report.row("the others' p99, ms, all reading", Report.Better.LOWER, usual, null);
      report.row("the others' p99, ms, one stuck", Report.Better.LOWER, stuck, null);
      report.row("heap grown, KiB", Report.Better.LOWER, (heapAfter - heapBefore) / 1024.0, null);
      if (heapAfter - heapBefore > GROWTH_LIMIT_BYTES) {
        report.violation("slow: the heap grew by " + (heapAfter - heapBefore) + " bytes");
      }
      report.row("caught up, events per second", Report.Better.HIGHER, caughtUp / seconds, null);
    }
  }

  private static void publish(Client client, long millis) throws IOException {
    client.publish(
        new Fields("publish")
            .with("path", PATH + "/events")
            .with("rate", PER_SECOND)
            .with("batch", BATCH)
            .with("millis", millis));
    client.awaitPublished();
  }
}
