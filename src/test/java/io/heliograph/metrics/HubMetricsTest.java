package io.heliograph.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.Tag;
import org.junit.jupiter.api.Test;

/** What is counted, in the server's registry and as a text. */
class HubMetricsTest {
  private final TestRegistry server = new TestRegistry();

  private static Set<String> lines(HubMetrics metrics) {
    return metrics.text().lines().collect(Collectors.toCollection(TreeSet::new));
  }

  /** Invariant 8. Red without the removal, and when all of the registry was removed. */
  @Test
  void leavesNothingInTheRegistry_butWhatIsOthers() {
    Metadata others = Metadata.builder().withName("heliograph_but_not_of_this_hub").build();
    server.registry().counter(others);
    HubMetrics metrics = new HubMetrics(server.registry());
    metrics.gauge("ring_bytes", "Bytes", () -> 5);
    assertEquals(5L, server.gauge("heliograph_ring_bytes"));
    assertTrue(server.names().size() > 10, server.names().toString());

    metrics.close();
    assertEquals(Set.of("heliograph_but_not_of_this_hub"), server.names());
    metrics.connectionOpened();
    metrics.close();
    assertEquals(Set.of("heliograph_but_not_of_this_hub"), server.names());
  }

  /** Red without the removal: the counter and the gauge were the old hub's. */
  @Test
  void theNextHubCountsFromZero_alsoIfTheOneBeforeWasNotClosed() {
    for (int hub = 1; hub <= 3; hub++) {
      HubMetrics metrics = new HubMetrics(server.registry());
      metrics.connectionOpened();
      metrics.connectionOpened();
      metrics.connectionClosed(Ending.TOO_SLOW);
      assertEquals(2, server.count("heliograph_connections_opened"));
      assertEquals(1, server.count("heliograph_connections_closed", new Tag("reason", "too_slow")));
      assertEquals(1L, server.gauge("heliograph_connections_active"));
      if (hub == 1) {
        metrics.close();
      }
    }
  }

  @Test
  void countsWithoutARegistryToo_onlyQuantilesAreMissing() {
    HubMetrics alone = new HubMetrics(null);
    HubMetrics registered = new HubMetrics(server.registry());
    for (HubMetrics metrics : Set.of(alone, registered)) {
      metrics.connectionOpened();
      metrics.published(3, Duration.ofMillis(250));
      metrics.fannedOut(Duration.ofMillis(500));
      metrics.gauge("ring_bytes", "Bytes", () -> 5);
    }

    Set<String> both = lines(registered);
    assertTrue(both.removeIf(line -> line.contains("quantile=")));
    assertEquals(both, lines(alone));
    assertTrue(both.contains("heliograph_publish_latency_seconds_sum 0.25"), both.toString());
    alone.close();
  }

  /** What CONTRACT.md, part 6, names. */
  @Test
  void saysEverythingFromTheBeginning_eachReasonToo() {
    Set<String> lines = lines(new HubMetrics(server.registry()));
    for (String name :
        new String[] {
          "connections_active",
          "connections_opened_total",
          "events_published_total",
          "events_delivered_total",
          "events_replayed_total",
          "events_dropped_total",
          "publish_latency_seconds_count",
          "delivery_latency_seconds_count"
        }) {
      assertTrue(
          lines.stream().anyMatch(line -> line.matches("heliograph_" + name + " 0(\\.0)?")), name);
    }
    assertReasons(lines, "connections_closed", Arrays.stream(Ending.values()).map(Ending::word));
    assertReasons(lines, "gaps", Arrays.stream(GapReason.values()).map(GapReason::word));
    assertReasons(lines, "requests_refused", Arrays.stream(Refusal.values()).map(Refusal::word));
  }

  private static void assertReasons(Set<String> lines, String name, Stream<String> words) {
    words.forEach(
        word -> {
          String line = "heliograph_" + name + "_total{reason=\"" + word + "\"} 0.0";
          assertTrue(lines.contains(line), line);
        });
  }
}
