package io.heliograph.bench;

import java.io.IOException;
import java.time.Duration;

/** How many lone events a second become durable, with nobody reading. The textbook keeps none. */
final class Publishes implements Scenario {
  private static final int WARMUP_MILLIS = 2_000;

  @Override
  public void run(Stage stage) throws IOException {
    if (!stage.has(Target.HUB)) {
      return;
    }
    Report report = stage.report();
    report.section("Publishes: one event a request, each publisher awaits its 201");
    for (String publishers : stage.options().publishers()) {
      try (Client client = stage.client(0)) {
        stage.progress("publishes: " + publishers + " at once");
        publish(client, publishers, WARMUP_MILLIS);
        Duration cpuBefore = stage.figures().cpu();
        Fields published = publish(client, publishers, stage.options().seconds() * 500L);
        if (published.number("failed") > 0) {
          report.violation("publishes: " + published);
        }
        String by = " with " + publishers + " publishers";
        double cpuMicros = stage.figures().cpu().minus(cpuBefore).toNanos() / 1e3;
        double perSecond = published.number("answered") / (published.number("micros") / 1e6);
        report.row("durable publishes per second" + by, Report.Better.HIGHER, perSecond, null);
        report.row(
            "  server CPU, microseconds each",
            Report.Better.LOWER,
            cpuMicros / published.number("answered"),
            null);
        report.row(
            "  answered after, p50, ms", Report.Better.LOWER, published.number("p50") / 1e6, null);
        report.row(
            "  answered after, p99, ms", Report.Better.LOWER, published.number("p99") / 1e6, null);
      }
    }
  }

  private static Fields publish(Client client, String publishers, long millis) throws IOException {
    client.publish(
        new Fields("publish")
            .with("path", Target.HUB.publishPath())
            .with("connections", publishers)
            .with("millis", millis));
    return client.awaitPublished();
  }
}
