package io.heliograph.bench;

import java.io.IOException;

/**
 * A publisher that outruns every subscriber, so that all of them are fed from the log instead of
 * from memory. Not among the defaults.
 */
final class Overrun implements Scenario {
  private static final int EVENTS = 20_000;
  private static final int BATCH = 500;
  private static final String PATH = "/api/v2/streams/patient";
  private static final String GROUP = "readers";

  @Override
  public void run(Stage stage) throws IOException {
    if (!stage.has(Target.HUB)) {
      return;
    }
    int subscribers = stage.options().subscribers();
    try (Client client = stage.client(0)) {
      client.subscribe(GROUP, PATH, subscribers, 0);
      stage.progress("overrun: " + EVENTS + " events as fast as they are acknowledged");
      Fields before = client.mark(GROUP);
      double cpuBefore = stage.figures().cpu().toNanos() / 1e9;
      client.publish(
          new Fields("publish")
              .with("path", PATH + "/events")
              .with("batch", BATCH)
              .with("count", EVENTS));
      Fields published = client.awaitPublished();
      Fields account = client.settle(GROUP);
      Fields after = client.mark(GROUP);
      double cpu = stage.figures().cpu().toNanos() / 1e9 - cpuBefore;
      stage.check(Target.HUB, "overrun", account);

      double seconds = (after.number("nanos") - before.number("nanos")) / 1e9;
      double delivered = after.number("delivered") - before.number("delivered");
      Report report = stage.report();
      report.section(
          "Overrun: "
              + EVENTS
              + " events at once to "
              + subscribers
              + " subscribers, from the log");
      report.row(
          "durable events per second, batches of " + BATCH,
          Report.Better.HIGHER,
          published.number("answered") / (published.number("micros") / 1e6),
          null);
      report.row("deliveries per second", Report.Better.HIGHER, delivered / seconds, null);
      report.row(
          "server CPU, microseconds per delivery",
          Report.Better.LOWER,
          cpu / delivered * 1e6,
          null);
    }
  }
}
