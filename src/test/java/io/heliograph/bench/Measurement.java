package io.heliograph.bench;

import java.io.IOException;
import java.time.Duration;

/** Plays a {@link Load} on the server and weighs it. */
final class Measurement {
  private static final long REST_MILLIS = 2_000;
  private static final long SETTLING_MILLIS = 30_000;
  private static final String GROUP = "readers";

  private final Stage stage;

  Measurement(Stage stage) {
    this.stage = stage;
  }

  Measured of(Load load, Target target) throws IOException, InterruptedException {
    String title = load.title() + ", " + target;
    try (JavaProcess client = stage.client(load.keys())) {
      stage.progress(title + ": opening " + load.subscribers() + " connections");
      Fields opened =
          client.ask(
              new Fields("subscribe")
                  .with("group", GROUP)
                  .with("path", load.readPath())
                  .with("count", load.subscribers())
                  .with("keys", load.keys()));
      if (opened.number("ready") < load.subscribers()) {
        throw new IllegalStateException(title + ": not all connections opened: " + opened);
      }
      double rest = restCpuShare();
      long millis = (load.warmupSeconds() + load.seconds()) * 1000L;
      client.ask(load.publish().with("millis", millis).with("group", GROUP));
      Thread.sleep(load.warmupSeconds() * 1000L);
      Mark before = mark(client);
      Thread.sleep(load.seconds() * 1000L - 200);
      Mark after = mark(client);
      Fields published = client.ask(new Fields("await"));
      Fields account =
          client.ask(new Fields("settle").with("group", GROUP).with("millis", SETTLING_MILLIS));
      Measured measured = weighed(before, after, rest, opened, account);
      stage.progress(
          title
              + (": " + Report.number(measured.deliveriesPerSecond()) + " deliveries/s, ")
              + (Report.number(measured.cpuMicrosPerDelivery()) + " us each, p99 ")
              + (Report.number(measured.p99Millis()) + " ms"));
      if (published.number("failed") > 0) {
        fail(target, title + ": publishing failed: " + published);
      }
      check(target, title, account);
      return measured;
    }
  }

  private double restCpuShare() throws InterruptedException {
    Duration before = stage.figures().cpu();
    Thread.sleep(REST_MILLIS);
    return stage.figures().cpu().minus(before).toMillis() / (double) REST_MILLIS;
  }

  private Mark mark(JavaProcess client) throws IOException {
    return new Mark(
        client.ask(new Fields("mark").with("group", GROUP)),
        stage.figures().cpu(),
        stage.figures().collecting());
  }

  private static Measured weighed(
      Mark before, Mark after, double rest, Fields opened, Fields account) {
    double seconds = (after.client.number("nanos") - before.client.number("nanos")) / 1e9;
    double deliveries = after.client.number("delivered") - before.client.number("delivered");
    double cpuSeconds = after.cpu.minus(before.cpu).toNanos() / 1e9;
    double bytes = after.client.number("bytes") - before.client.number("bytes");
    return new Measured(
        deliveries / seconds,
        rest,
        cpuSeconds / seconds,
        (cpuSeconds - rest * seconds) / deliveries * 1e6,
        bytes / deliveries,
        after.client.number("p50") / 1e6,
        after.client.number("p99") / 1e6,
        after.client.number("max") / 1e6,
        after.collecting.minus(before.collecting).toMillis() / 1e3 / seconds,
        opened.number("micros") / 1e3,
        account);
  }

  private void check(Target target, String title, Fields account) {
    for (String name :
        new String[] {"lost", "duplicated", "reordered", "gaps", "overflows", "closed"}) {
      if (account.number(name) > 0) {
        fail(target, title + ": " + account);
        return;
      }
    }
  }

  /** The textbook promises nothing, so it cannot break a promise; but it is said. */
  private void fail(Target target, String what) {
    stage.progress(what);
    if (target == Target.HUB) {
      stage.report().violation(what);
    }
  }

  private record Mark(Fields client, Duration cpu, Duration collecting) {}
}
