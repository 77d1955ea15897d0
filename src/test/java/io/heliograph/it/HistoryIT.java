package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same history as JSON, a page at a time. */
@ExtendWith(ArquillianExtension.class)
class HistoryIT {
  /** More than the server has threads for requests, 256. */
  private static final int WAITING = 300;

  private final String key = UUID.randomUUID().toString();

  @ArquillianResource private URL hub;
  private Door door;

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with(
        "heliograph.streams=short,fresh",
        "heliograph.trim.every=1s",
        "heliograph.stream.short.history.events=10",
        "heliograph.stream.fresh.replay.lost=fresh");
  }

  @BeforeEach
  void open() throws URISyntaxException {
    door = new Door(hub.toURI());
  }

  private JsonObject page(String streamAndKey, String query) {
    Door.Answer answer = door.get("api/v2/streams/" + streamAndKey + "/events?" + query);
    assertEquals(200, answer.status(), answer.body());
    assertEquals(Door.JSON, answer.header("Content-Type").split(";", -1)[0]);
    return answer.json();
  }

  private static List<Long> ids(JsonObject page) {
    return page.getJsonArray("events").getValuesAs(JsonObject.class).stream()
        .map(event -> Long.parseLong(event.getString("id")))
        .toList();
  }

  private List<Long> publish(String stream, int events) {
    String event = "{\"type\":\"t\",\"data\":1}";
    String batch = "[" + (event + ",").repeat(events - 1) + event + "]";
    return door.post(stream + "/" + key, Door.JSON, batch).ids();
  }

  @Test
  void givesPagesOneAfterAnother_eachEventOnce() {
    List<Long> published = publish("events", 25);
    List<Long> read = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    String query = "limit=10";
    JsonObject page = page("events/" + key, query);
    while (!page.getJsonArray("events").isEmpty()) {
      assertTrue(page.isNull("gap"));
      read.addAll(ids(page));
      sizes.add(ids(page).size());
      page = page("events/" + key, query + "&after=" + page.getString("next"));
    }
    assertEquals(published, read);
    assertEquals(List.of(10, 10, 5), sizes);
  }

  @Test
  void goesOnWhereThePageEnded_onTheStreamItself() {
    publish("events", 3);
    String next = page("events/" + key, "").getString("next");
    long id = door.publish("events/" + key, "t", "2");

    assertEquals(List.of(id), ids(page("events/" + key, "after=" + next)));
    try (ClientLoop loop = new ClientLoop()) {
      SseClient client = door.client(loop, "events/" + key).at(next).connect();
      assertEquals(id, client.nextEvent().number());
    }
  }

  @Test
  void tellsEverythingOfAnEvent() {
    long id =
        door.post(
                "events/" + key,
                Door.JSON,
                "{\"type\":\"t\",\"data\": {\"a\" :  1.0} ,\"keys\":[\"k2\"],\"tenant\":\"7\","
                    + "\"owner\":\"maria\",\"correlation_id\":\"c-1\"}")
            .id();
    String said =
        "\"stream\":\"events\",\"type\":\"t\",\"keys\":[\""
            + key
            + "\",\"k2\"],\"tenant\":\"7\",\"owner\":\"maria\",\"correlation_id\":\"c-1\","
            + "\"data\":{\"a\" :  1.0}}";
    Door.Answer one = door.get("api/v2/events/" + id);
    Door.Answer page = door.get("api/v2/streams/events/" + key + "/events");

    assertEquals(200, one.status());
    assertTrue(one.body().startsWith("{\"id\":\"" + id + "\",\"time\":\"20"), one.body());
    assertTrue(one.body().endsWith(said), one.body());
    assertTrue(page.body().contains(one.body()), page.body());
  }

  @Test
  void filtersByTypeTimeAndCorrelation() {
    String path = "events/" + key;
    long a = door.publish(path, "a", "1");
    long b =
        door.post(path, Door.JSON, "{\"type\":\"b\",\"data\":2,\"correlation_id\":\"x y\"}").id();
    String time = time(b);
    long c = door.publish(path, "c", "3");

    assertEquals(List.of(a, c), ids(page(path, "type=a,c")));
    assertEquals(List.of(b), ids(page(path, "correlation_id=x%20y")));
    assertEquals(notBefore(time, a, b, c), ids(page(path, "since=" + time)));
    assertEquals(before(time, a, b, c), ids(page(path, "until=" + time)));
    assertEquals(List.of(), ids(page(path, "since=2100-01-01T00:00:00Z")));
    assertEquals(List.of(), ids(page(path, "until=2001-01-01T00:00:00Z")));
  }

  /** Which of them came before {@code time}, by what the hub says of each. */
  private List<Long> before(String time, long... ids) {
    return LongStream.of(ids).filter(id -> time(id).compareTo(time) < 0).boxed().toList();
  }

  private List<Long> notBefore(String time, long... ids) {
    return LongStream.of(ids).filter(id -> time(id).compareTo(time) >= 0).boxed().toList();
  }

  private String time(long id) {
    return door.get("api/v2/events/" + id).json().getString("time");
  }

  @Test
  void saysWhatWasLost() {
    JsonObject unknown = page("events", "after=rubbish&limit=1").getJsonObject("gap");
    assertEquals("unknown", unknown.getString("reason"));
    assertEquals("rubbish", unknown.getString("requested"));

    List<Long> published = publish("short", 40);
    String after = "after=" + published.get(0) + "&limit=100";
    Waiting.until("the log has trimmed", () -> !page("short", after).isNull("gap"));
    JsonObject trimmed = page("short", after);
    assertEquals("trimmed", trimmed.getJsonObject("gap").getString("reason"));
    assertEquals(published.subList(30, 40), ids(trimmed));

    publish("fresh", 3);
    JsonObject fresh = page("fresh", "after=rubbish");
    assertEquals("unknown", fresh.getJsonObject("gap").getString("reason"));
    assertEquals(List.of(), ids(fresh));
  }

  @Test
  void waitsInVain_asLongAsItWasTold() {
    long begun = System.nanoTime();
    JsonObject page = page("events/" + key, "wait=1s");

    assertEquals(List.of(), ids(page));
    assertTrue(System.nanoTime() - begun >= Duration.ofSeconds(1).toNanos());
  }

  @Test
  void holdsWaitingRequestsWithoutThreads_andAnswersThemWhenSomethingComes() throws IOException {
    List<RawExchange> waiting = new ArrayList<>();
    try {
      String path = door.stream("events/" + key + "/events").getRawPath() + "?wait=60s";
      for (int i = 0; i < WAITING; i++) {
        waiting.add(
            new RawExchange(door.at(""))
                .send("GET " + path + " HTTP/1.1\r\n" + RawExchange.CALLER + "\r\n"));
      }
      // Were each held by a thread, none were left for this.
      long unrelated = door.publish("events/other-" + key, "t", "1");
      assertTrue(unrelated > 0);
      long id = door.publish("events/" + key, "t", "2");
      for (RawExchange one : waiting) {
        assertEquals(200, one.status());
        assertTrue(one.body().startsWith("{\"events\":[{\"id\":\"" + id + "\""), one.body());
      }
    } finally {
      for (RawExchange one : waiting) {
        one.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit=0", "limit=1001", "limit=x", "wait=1h", "since=soon", "until=?"})
  void refusesParametersThatDoNotFit(String query) {
    String sentence =
        door.get("api/v2/streams/events/events?" + query).problem(400, "invalid-parameter");
    assertTrue(sentence.contains(query.substring(query.indexOf('=') + 1)), sentence);
  }

  @Test
  void refusesWhatIsNotThere() {
    door.get("api/v2/streams/nosuch/events").problem(404, "unknown-stream");
    for (String id : new String[] {"1", "rubbish", "9007199254740993"}) {
      assertEquals(404, door.get("api/v2/events/" + id).status());
    }
  }
}
