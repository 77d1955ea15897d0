package io.heliograph.bench;

import java.io.IOException;
import java.time.Duration;

/** Plays a {@link Load} on the server and weighs it. */
final class Measurement {
  private static final long REST_MILLIS = 2_000;
  private static final String GROUP = "readers";

  private final Stage stage;

  Measurement(Stage stage) {
    this.stage = stage;
  }

  Measured of(Load load, Target target) throws IOException, InterruptedException {
    String title = load.title() + ", " + target;
    try (Client client = stage.client(load.keys())) {
      stage.progress(title + ": opening " + load.subscribers() + " connections");
      client.subscribe(GROUP, load.readPath(), load.subscribers(), load.keys());
      double rest = restCpuShare();
      long millis = (load.warmupSeconds() + load.seconds()) * 1000L;
      client.publish(load.publish().with("millis", millis).with("group", GROUP));
      Thread.sleep(load.warmupSeconds() * 1000L);
      Mark before = mark(client);
      Thread.sleep(load.seconds() * 1000L - 200);
      Mark after = mark(client);
      Fields published = client.awaitPublished();
      Fields account = client.settle(GROUP);
      Measured measured = weighed(before, after, rest, published, account);
      stage.progress(
          title
              + (": " + Report.number(measured.deliveriesPerSecond()) + " deliveries/s, ")
              + (Report.number(measured.cpuMicrosPerDelivery()) + " us each, p99 ")
              + (Report.number(measured.p99Millis()) + " ms"));
      if (published.number("failed") > 0) {
        stage.fail(target, title + ": publishing failed: " + published);
      }
      stage.check(target, title, account);
      return measured;
    }
  }

  private double restCpuShare() throws InterruptedException {
    Duration before = stage.figures().cpu();
    Thread.sleep(REST_MILLIS);
    return stage.figures().cpu().minus(before).toMillis() / (double) REST_MILLIS;
  }

  private Mark mark(Client client) throws IOException {
    return new Mark(
        client.mark(GROUP), client.cpu(), stage.figures().cpu(), stage.figures().overhead());
  }

  private static Measured weighed(
      Mark before, Mark after, double rest, Fields published, Fields account) {
    double seconds = (after.client.number("nanos") - before.client.number("nanos")) / 1e9;
    double deliveries = after.client.number("delivered") - before.client.number("delivered");
    double cpuSeconds = after.cpu.minus(before.cpu).toNanos() / 1e9;
    double bytes = after.client.number("bytes") - before.client.number("bytes");
    return new Measured(
        deliveries / seconds,
        rest,
        cpuSeconds / seconds,
        after.clientCpu.minus(before.clientCpu).toNanos() / 1e9 / seconds,
        bytes / deliveries,
        after.client.number("p50") / 1e6,
        after.client.number("p99") / 1e6,
        after.client.number("max") / 1e6,
        published.number("p99") / 1e6,
        (after.overhead.collectingMillis() - before.overhead.collectingMillis()) / 1e3 / seconds,
        (after.overhead.compilingMillis() - before.overhead.compilingMillis()) / 1e3 / seconds,
        account);
  }

  private record Mark(Fields client, Duration clientCpu, Duration cpu, Overhead overhead) {}
}
