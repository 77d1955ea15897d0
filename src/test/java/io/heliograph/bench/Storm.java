package io.heliograph.bench;

import java.io.IOException;

/**
 * All subscribers reconnect at once, each far behind, while live events go on. Not among the
 * defaults.
 */
final class Storm implements Scenario {
  private static final int BACK = 5_000;
  private static final int LIVE_PER_SECOND = 100;
  private static final long LIVE_MILLIS = 20_000;
  private static final long POLL_MILLIS = 20;
  private static final String GROUP = "readers";

  @Override
  public void run(Stage stage) throws IOException, InterruptedException {
    if (!stage.has(Target.HUB)) {
      return;
    }
    int subscribers = stage.options().subscribers();
    String title = "storm: " + subscribers + " reconnect, each " + BACK + " events back";
    try (Client client = stage.client(0)) {
      client.subscribe(GROUP, Target.HUB.readPath(), subscribers, 0);
      stage.progress("storm: publishing what will be read again");
      client.publish(stage.saturating(Target.HUB).with("group", GROUP).with("count", BACK + 1000));
      client.awaitPublished();
      client.settle(GROUP);

      stage.progress(title);
      client.publish(
          new Fields("publish")
              .with("path", Target.HUB.publishPath())
              .with("rate", LIVE_PER_SECOND)
              .with("millis", LIVE_MILLIS));
      Fields before = client.mark(GROUP);
      double cpuBefore = stage.figures().cpu().toNanos() / 1e9;
      Fields opened = client.reopen(GROUP, BACK);
      Fields after = before;
      double replayed = (double) BACK * subscribers;
      while (after.number("delivered") - before.number("delivered") < replayed) {
        if (after.number("nanos") - before.number("nanos") > LIVE_MILLIS * 1_000_000) {
          break;
        }
        Thread.sleep(POLL_MILLIS);
        after = client.mark(GROUP);
      }
      double cpu = stage.figures().cpu().toNanos() / 1e9 - cpuBefore;
      double seconds = (after.number("nanos") - before.number("nanos")) / 1e9;
      client.awaitPublished();
      Fields account = client.settle(GROUP);
      stage.check(Target.HUB, title, account);

      Report report = stage.report();
      report.section("Storm: " + subscribers + " reconnect at once, each " + BACK + " events back");
      report.row(
          "all connected after, s", Report.Better.LOWER, opened.number("micros") / 1e6, null);
      report.row("all caught up after, s", Report.Better.LOWER, seconds, null);
      report.row("replayed per second", Report.Better.HIGHER, replayed / seconds, null);
      report.row("server CPU, microseconds each", Report.Better.LOWER, cpu / replayed * 1e6, null);
    }
  }
}
