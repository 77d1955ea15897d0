package io.heliograph.metrics;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.eclipse.microprofile.metrics.Metadata;

/**
 * What the hub counts, as Prometheus reads it: each family once with its HELP and TYPE, sorted by
 * name and labels, counters with {@code _total}, latencies as summaries in seconds.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Exposition formats,
 *     text format 0.0.4</a>
 */
final class PrometheusText {
  static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  private final ConcurrentMap<String, Supplier<MetricSnapshot>> families =
      new ConcurrentHashMap<>();

  /**
   * @param counts by the value of {@code label}
   */
  void addCounts(Metadata family, String label, Map<String, Count> counts) {
    families.putIfAbsent(
        family.getName(),
        () -> {
          CounterSnapshot.Builder all =
              CounterSnapshot.builder().name(family.getName()).help(family.getDescription());
          counts.forEach(
              (word, count) -> all.dataPoint(point(Labels.of(label, word), count.get())));
          return all.build();
        });
  }

  void addCount(Metadata family, Count count) {
    families.putIfAbsent(
        family.getName(),
        () ->
            CounterSnapshot.builder()
                .name(family.getName())
                .help(family.getDescription())
                .dataPoint(point(Labels.EMPTY, count.get()))
                .build());
  }

  private static CounterDataPointSnapshot point(Labels labels, long count) {
    return CounterDataPointSnapshot.builder().labels(labels).value((double) count).build();
  }

  /** A gauge that throws is not a number, and takes no other with it. */
  void addGauge(Metadata family, LongSupplier value) {
    families.putIfAbsent(
        family.getName(),
        () ->
            GaugeSnapshot.builder()
                .name(family.getName())
                .help(family.getDescription())
                .dataPoint(GaugeDataPointSnapshot.builder().value(read(value)).build())
                .build());
  }

  private static double read(LongSupplier value) {
    try {
      return (double) value.getAsLong();
    } catch (RuntimeException e) {
      System.getLogger(PrometheusText.class.getName())
          .log(System.Logger.Level.DEBUG, "a gauge could not be read", e);
      return Double.NaN;
    }
  }

  void addLatency(Metadata family, Latency latency) {
    families.putIfAbsent(
        family.getName(),
        () -> {
          Quantiles.Builder quantiles = Quantiles.builder();
          latency.quantiles().forEach((q, seconds) -> quantiles.quantile(new Quantile(q, seconds)));
          return SummarySnapshot.builder()
              .name(family.getName() + "_seconds")
              .help(family.getDescription())
              .dataPoint(
                  SummaryDataPointSnapshot.builder()
                      .count(latency.count())
                      .sum(latency.sumSeconds())
                      .quantiles(quantiles.build())
                      .build())
              .build();
        });
  }

  /** All of it as it stands now; nothing if nothing was added. */
  String write() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    families.values().forEach(family -> all.metricSnapshot(family.get()));
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create().write(text, all.build());
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return text.toString(StandardCharsets.UTF_8);
  }
}
