package io.heliograph.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.microprofile.metrics.Metadata;
import org.junit.jupiter.api.Test;

/** The text as a monitor parses it: format 0.0.4. */
class PrometheusTextTest {
  private final PrometheusText text = new PrometheusText();

  private static Metadata family(String name, String description) {
    return Metadata.builder().withName(name).withDescription(description).build();
  }

  private static Count counted(long n) {
    Count count = new Count(null);
    count.add(n);
    return count;
  }

  @Test
  void isEmpty_whenNothingIsCounted() {
    assertEquals("", text.write());
  }

  /** Red with the lines in another order. */
  @Test
  void isSorted_withHelpAndTypeOnceAFamily() {
    Map<String, Count> closed = new LinkedHashMap<>();
    closed.put("too_slow", counted(2));
    closed.put("client_gone", counted(12_345_678_901L));
    text.addGauge(family("hub_open", "Open now"), () -> 7);
    text.addCounts(family("hub_closed", "Closed, by reason"), "reason", closed);
    text.addCount(family("hub_events", "Events"), counted(3));

    assertEquals(
        """
        # HELP hub_closed_total Closed, by reason
        # TYPE hub_closed_total counter
        hub_closed_total{reason="client_gone"} 1.2345678901E10
        hub_closed_total{reason="too_slow"} 2.0
        # HELP hub_events_total Events
        # TYPE hub_events_total counter
        hub_events_total 3.0
        # HELP hub_open Open now
        # TYPE hub_open gauge
        hub_open 7.0
        """,
        text.write());
  }

  @Test
  void escapesWhatWouldEndALineOrALabel() {
    text.addCounts(
        family("hub_odd", "a \"b\" \\ c\nd"), "reason", Map.of("a\"b\\c\nd", counted(1)));

    assertEquals(
        """
        # HELP hub_odd_total a "b" \\\\ c\\nd
        # TYPE hub_odd_total counter
        hub_odd_total{reason="a\\"b\\\\c\\nd"} 1.0
        """,
        text.write());
  }

  /** Red with the registry's nanoseconds. */
  @Test
  void latenciesAreSummariesInSeconds() {
    Latency latency =
        new Latency(new TestRegistry().registry().timer(family("hub_latency", "Latency")));
    latency.add(Duration.ofMillis(250));
    latency.add(Duration.ofMillis(500));
    text.addLatency(family("hub_latency", "Latency"), latency);

    assertEquals(
        """
        # HELP hub_latency_seconds Latency
        # TYPE hub_latency_seconds summary
        hub_latency_seconds{quantile="0.5"} 0.5
        hub_latency_seconds{quantile="0.99"} 0.5
        hub_latency_seconds_count 2
        hub_latency_seconds_sum 0.75
        """,
        text.write());
  }

  /** Red when one gauge could take the page with it. */
  @Test
  void aGaugeThatThrowsIsNoNumber() {
    text.addGauge(
        family("hub_broken", "Broken"),
        () -> {
          throw new IllegalStateException("closed");
        });
    text.addGauge(family("hub_open", "Open now"), () -> 1);

    assertEquals(
        """
        # HELP hub_broken Broken
        # TYPE hub_broken gauge
        hub_broken NaN
        # HELP hub_open Open now
        # TYPE hub_open gauge
        hub_open 1.0
        """,
        text.write());
  }
}
