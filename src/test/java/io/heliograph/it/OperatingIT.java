package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import io.heliograph.embedded.TestCaller;
import jakarta.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/** What watches over the hub: metrics and health of the WAR as it is deployed. */
class OperatingIT extends DeployedClients {
  private static final String METRICS = "api/v2/metrics";

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with("heliograph.streams=counted");
  }

  /** A page of metrics, taken apart: values by series, types by family. */
  private record Page(Map<String, Double> values, Map<String, String> types) {
    static Page of(String text) {
      Page page = new Page(new TreeMap<>(), new TreeMap<>());
      List<String> families = new ArrayList<>();
      for (String line : text.split("\n", -1)) {
        String[] words = line.split(" ", 4);
        if (line.startsWith("# TYPE ")) {
          page.types().merge(words[2], words[3], (one, other) -> one + " and " + other);
          families.add(words[2]);
        } else if (!line.startsWith("#") && !line.isEmpty()) {
          int space = line.lastIndexOf(' ');
          Double before =
              page.values().put(line.substring(0, space), Double.valueOf(line.substring(space)));
          assertEquals(null, before, "twice: " + line);
        }
      }
      assertEquals(new ArrayList<>(new TreeSet<>(families)), families, "sorted, each once");
      assertTrue(text.endsWith("\n"));
      return page;
    }

    long get(String series) {
      return Math.round(
          Objects.requireNonNull(values.get("heliograph_" + series), () -> series + values));
    }

    long sum(String family) {
      return values.entrySet().stream()
          .filter(entry -> entry.getKey().matches("heliograph_" + family + "(\\{.*)?"))
          .mapToLong(entry -> Math.round(entry.getValue()))
          .sum();
    }

    long moved(Page before, String series) {
      return get(series) - before.get(series);
    }
  }

  private Page page() {
    Door.Answer answer = door.get(METRICS);
    assertEquals(200, answer.status(), answer.body());
    return Page.of(answer.body());
  }

  private void assertBalanced(Page page) {
    assertEquals(
        page.get("connections_active"),
        page.get("connections_opened_total") - page.sum("connections_closed_total"));
  }

  /** Red with a count mirrored twice, and with one that was not counted. */
  @Test
  void countsMove_asThingsHappen() {
    Page before = page();
    assertBalanced(before);
    List<SseClient> readers = List.of(open("counted"), open("counted"));
    readers.forEach(SseClient::awaitStanding);
    long first = door.publish("counted", "t", "1");
    door.publish("counted", "t", "2");
    for (SseClient reader : readers) {
      reader.nextEvent();
      reader.nextEvent();
    }
    SseClient late = door.client(loop, "counted").at(Long.toString(first)).connect();
    assertEquals("2", late.nextEvent().text());
    SseClient lost = door.client(loop, "counted").at("nonsense").connect();
    lost.awaitStanding();
    assertEquals(404, door.get("api/v2/streams/stranger").status());

    Waiting.until("all was counted", () -> page().moved(before, "events_delivered_total") >= 5);
    Page now = page();
    assertBalanced(now);
    assertEquals(4, now.moved(before, "connections_active"));
    assertEquals(4, now.moved(before, "connections_opened_total"));
    assertEquals(2, now.moved(before, "events_published_total"));
    assertTrue(now.get("events_replayed_total") <= now.get("events_delivered_total"));
    assertEquals(1, now.moved(before, "gaps_total{reason=\"unknown\"}"));
    assertEquals(1, now.moved(before, "requests_refused_total{reason=\"unknown_stream\"}"));
    assertEquals(0, now.get("events_dropped_total"));
    assertEquals(0, now.get("log_lag_events"));
    assertTrue(now.get("ring_bytes") > 0);

    readers.forEach(SseClient::leave);
    Waiting.until(
        "two have left",
        () -> {
          // Who left is noticed when something is written.
          door.publish("counted", "t", "3");
          return page().moved(before, "connections_active") == 2;
        });
    assertBalanced(page());
    late.leave();
    lost.leave();
  }

  @Test
  void latenciesAreSummariesInSeconds() {
    long before = page().get("publish_latency_seconds_count");
    for (int i = 0; i < 3; i++) {
      door.publish("counted", "t", "1");
    }
    Page page = page();
    assertEquals(3, page.get("publish_latency_seconds_count") - before);
    assertEquals("summary", page.types().get("heliograph_publish_latency_seconds"));
    assertEquals("summary", page.types().get("heliograph_delivery_latency_seconds"));
    double median =
        Objects.requireNonNull(
            page.values().get("heliograph_publish_latency_seconds{quantile=\"0.5\"}"));
    double sum =
        Objects.requireNonNull(page.values().get("heliograph_publish_latency_seconds_sum"));
    assertTrue(median > 1e-6 && median <= sum && sum < 60, median + " s of " + sum + " s");
  }

  @Test
  void metricsAreForWhoMayReadAll() {
    Door anybody = door.as(null);
    assertAll(
        () -> assertEquals(401, anybody.get(METRICS).status()),
        () -> assertEquals(401, door.as("nonsense").get(METRICS).status()),
        () -> assertEquals(403, as("events-read-own", "events-publish").get(METRICS).status()),
        () -> assertEquals(200, as("events-read-all").get(METRICS).status()),
        () -> assertEquals(200, as("events-admin").get(METRICS).status()));
    Door.Answer page = as("events-read-all").get(METRICS);
    assertEquals(
        Set.of("text/plain", "version=0.0.4", "charset=utf-8"),
        Set.of(page.header("Content-Type").toLowerCase(Locale.ROOT).split("; ?", -1)));
    assertTrue(page.header("Cache-Control").contains("no-store"));
  }

  private Door as(String... roles) {
    return door.as(TestCaller.token("monitor", null, roles));
  }

  /** What monitors ask for, and what is sent whatever they ask for. */
  @Test
  void answersHead_andWhateverIsAccepted() {
    for (String path : List.of(METRICS, "api/v2/health/live", "api/v2/health/ready")) {
      Door.Answer head =
          door.send(
              HttpRequest.newBuilder(door.at(path))
                  .method("HEAD", HttpRequest.BodyPublishers.noBody()));
      assertEquals(200, head.status(), path);
      assertEquals("", head.body());
      Door.Answer odd =
          door.send(
              HttpRequest.newBuilder(door.at(path))
                  .header("Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"));
      assertEquals(200, odd.status(), path);
    }
  }

  @Test
  void healthIsForAnybody() {
    Door anybody = door.as(null);
    assertHealthy(
        anybody.get("api/v2/health/live"), "ticks", "appending-thread", "following-thread");
    assertHealthy(
        anybody.get("api/v2/health/ready"), "database", "log-read", "log-append", "not-stopping");
    assertEquals(401, door.as("nonsense").get("api/v2/health/live").status());
    assertEquals(404, anybody.get("api/v2/health/other").status());
  }

  private static void assertHealthy(Door.Answer answer, String... names) {
    assertEquals(200, answer.status(), answer.body());
    assertEquals("application/json", answer.header("Content-Type").split(";", -1)[0]);
    assertTrue(answer.header("Cache-Control").contains("no-store"));
    JsonObject health = answer.json();
    assertEquals("UP", health.getString("status"));
    List<String> found = new ArrayList<>();
    for (JsonObject check : health.getJsonArray("checks").getValuesAs(JsonObject.class)) {
      assertEquals("UP", check.getString("status"));
      assertTrue(check.containsKey("data"));
      found.add(check.getString("name"));
    }
    assertEquals(List.of(names), found);
  }
}
