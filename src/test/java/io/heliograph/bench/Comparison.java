package io.heliograph.bench;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The same measured on both, as rows of the {@link Report}. */
final class Comparison {
  private final Map<Target, Measured> measured = new EnumMap<>(Target.class);

  void add(Target target, Measured result) {
    measured.put(target, result);
  }

  /**
   * Says so if the hub is not {@code times} as fast as the textbook, or costs more for each
   * delivery. Both are ratios of one run, so a slow machine is no excuse.
   */
  void requireFaster(Report report, String title, double times) {
    Measured hub = measured.get(Target.HUB);
    Measured textbook = measured.get(Target.TEXTBOOK);
    if (hub == null || textbook == null) {
      return;
    }
    double ratio = hub.deliveriesPerSecond() / textbook.deliveriesPerSecond();
    if (ratio < times) {
      report.violation(
          title + ": " + Report.number(ratio) + " times the textbook, not " + Report.number(times));
    }
    if (hub.cpuMicrosPerDelivery() >= textbook.cpuMicrosPerDelivery()) {
      report.violation(title + ": a delivery costs no less than the textbook's");
    }
  }

  void writeTo(Report report) {
    row(report, "deliveries per second", Report.Better.HIGHER, Measured::deliveriesPerSecond);
    row(
        report,
        "server CPU, microseconds per delivery",
        Report.Better.LOWER,
        Measured::cpuMicrosPerDelivery);
    row(report, "server CPU, cores", Report.Better.NONE, Measured::cpuShare);
    row(report, "client CPU, cores", Report.Better.NONE, Measured::clientCpuShare);
    row(report, "bytes per delivery", Report.Better.NONE, Measured::bytesPerDelivery);
    row(report, "latency p50, ms", Report.Better.LOWER, Measured::p50Millis);
    row(report, "latency p99, ms", Report.Better.LOWER, Measured::p99Millis);
    row(report, "latency max, ms", Report.Better.LOWER, Measured::maxMillis);
    row(report, "publish answered, p99, ms", Report.Better.NONE, Measured::answerP99Millis);
    row(
        report,
        "garbage collection, % of the time",
        Report.Better.NONE,
        result -> 100 * result.collectingShare());
    row(
        report,
        "compiling, % of the time",
        Report.Better.NONE,
        result -> 100 * result.compilingShare());
    for (String name : new String[] {"lost", "duplicated", "reordered"}) {
      row(report, name, Report.Better.NONE, result -> result.account().number(name));
    }
  }

  private void row(
      Report report, String label, Report.Better better, ToDoubleFunction<Measured> value) {
    report.row(label, better, of(Target.HUB, value), of(Target.TEXTBOOK, value));
  }

  private @Nullable Double of(Target target, ToDoubleFunction<Measured> value) {
    Measured result = measured.get(target);
    return result == null ? null : value.applyAsDouble(result);
  }
}
