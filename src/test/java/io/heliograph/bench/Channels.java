package io.heliograph.bench;

import java.io.IOException;

/**
 * Whether an event for one key costs more when many other keys are being read.
 *
 * <p>One reader a key, the same rate of events over all keys: first with few keys, then with many.
 */
final class Channels implements Scenario {
  private static final int FEW = 10;
  private static final String READ = "/api/v2/streams/channels/" + SubscriberGroup.KEY;
  private static final String PUBLISH = "/api/v2/streams/channels/events";

  @Override
  public void run(Stage stage) throws IOException, InterruptedException {
    if (!stage.has(Target.HUB)) {
      return;
    }
    int wanted = stage.options().channels();
    int many = stage.permitted(wanted);
    Measured withFew = measure(stage, FEW);
    Measured withMany = measure(stage, many);

    Report report = stage.report();
    report.section(
        ("Channels: " + stage.options().channelRate() + " events per second, each for one key,")
            + " one subscriber a key");
    if (many < wanted) {
      report.note(
          many + " keys instead of " + wanted + ": the limit on open files permits no more");
    }
    rows(report, withFew, FEW);
    rows(report, withMany, many);
    report.row(
        "cost with " + many + " keys, against " + FEW,
        Report.Better.NONE,
        withMany.cpuMicrosPerDeliveryAboveRest() / withFew.cpuMicrosPerDeliveryAboveRest(),
        null);
  }

  private static Measured measure(Stage stage, int keys) throws IOException, InterruptedException {
    Fields publish =
        new Fields("publish")
            .with("path", PUBLISH)
            .with("rate", stage.options().channelRate())
            .with("keys", keys);
    Load load =
        new Load(
            keys + " channels",
            READ,
            keys,
            keys,
            stage.options().warmupSeconds(),
            stage.options().seconds(),
            publish);
    return new Measurement(stage).of(load, Target.HUB);
  }

  private static void rows(Report report, Measured measured, int keys) {
    String with = ", " + keys + " keys";
    report.row(
        "server CPU, microseconds per event" + with,
        Report.Better.NONE,
        measured.cpuMicrosPerDeliveryAboveRest(),
        null);
    report.row(
        "  compiling, % of the time", Report.Better.NONE, 100 * measured.compilingShare(), null);
    report.row("  latency p50, ms", Report.Better.NONE, measured.p50Millis(), null);
    report.row("  latency p99, ms", Report.Better.NONE, measured.p99Millis(), null);
  }
}
