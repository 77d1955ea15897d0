package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import io.heliograph.it.Door.Answer;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.UUID;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Publishing: CONTRACT, part 2, where it succeeds; {@link AbuseIT} has the rest. */
@ExtendWith(ArquillianExtension.class)
class PublishIT {
  private static final String NDJSON = "application/x-ndjson";
  private static final String CLOUD_EVENT = "application/cloudevents+json";
  private static final String CLOUD_EVENTS = "application/cloudevents-batch+json";

  private final String key = UUID.randomUUID().toString();

  @ArquillianResource private URL hub;
  private Door door;
  private ClientLoop loop;
  private SseClient client;

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with();
  }

  @BeforeEach
  void open() throws URISyntaxException {
    door = new Door(hub.toURI());
    loop = new ClientLoop();
    client = door.client(loop, "events/" + key).connect();
    client.awaitStanding();
  }

  @AfterEach
  void close() {
    loop.close();
  }

  private Answer post(String contentType, String body, String... headers) {
    return door.post("events/" + key, contentType, body, headers);
  }

  @Test
  void answersWithTheId_andWhereTheEventIs() {
    Answer answer = post(Door.JSON, "{\"type\":\"paid\",\"data\":{\"n\":1}}");
    long id = answer.id();

    assertEquals("{\"id\":\"" + id + "\"}", answer.body());
    assertEquals(Door.JSON, answer.header("Content-Type"));
    URI location = door.at(answer.header("Location"));
    assertEquals(door.at("api/v2/events/" + id), location);
    assertEquals(id, Long.parseLong(door.get(location.toString()).json().getString("id")));
    assertEquals("[id: " + id + "][event: paid][data: {\"n\":1}]", client.next().toString());
  }

  @Test
  void takesAnArray_andKeepsItsOrder() {
    Answer answer =
        post(Door.JSON, " [ {\"type\":\"a\",\"data\":1} , {\"type\":\"b\",\"data\":2} ] ");
    List<Long> ids = answer.ids();

    assertEquals("{\"ids\":[\"" + ids.get(0) + "\",\"" + ids.get(1) + "\"]}", answer.body());
    assertEquals(ids.get(0) + 1, ids.get(1));
    assertEquals("a", client.next().name());
    assertEquals("b", client.next().name());
  }

  @Test
  void takesLines_someOfThemEmpty() {
    String lines = "{\"type\":\"a\",\"data\":1}\n\r\n  {\"type\":\"b\",\"data\":2}\r\n\n";
    List<Long> ids = post(NDJSON, lines).ids();

    assertEquals(2, ids.size());
    assertEquals("1", client.next().text());
    assertEquals("2", client.next().text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "\"\"",
        "-1.50e+3",
        "true",
        "{ \"a\" :  [ 1 , {} ] }",
        "\"\\u00e9 é 漢 😀 \\n\"",
        "12345678901234567890.12345678901234567890",
      })
  void keepsDataAsItWasSent(String data) {
    long id = post(Door.JSON, "{\"type\":\"t\",\"data\":" + data + "}").id();

    assertEquals(data, client.next().text());
    assertTrue(door.get("api/v2/events/" + id).body().contains("\"data\":" + data + "}"));
  }

  @Test
  void givesAnEventEveryKeyOfPathAndBody_onceEach() {
    String other = "other-" + key;
    SseClient ofOther = door.client(loop, "events/" + other).connect();
    ofOther.awaitStanding();
    String keys = "[\"" + other + "\",\"" + key + "\",\"" + other + "\"]";
    long id = post(Door.JSON, "{\"type\":\"t\",\"data\":1,\"keys\":" + keys + "}").id();
    long end = post(Door.JSON, "{\"type\":\"t\",\"data\":2,\"keys\":" + keys + "}").id();

    for (SseClient one : List.of(client, ofOther)) {
      assertEquals(id, one.next().number());
      assertEquals(end, one.next().number());
    }
  }

  @Test
  void takesAStructuredCloudEvent() {
    String body =
        "{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"/s\",\"type\":\"com.example.paid\","
            + "\"subject\":\"sub-%s\",\"data\":{\"n\": 1}}";
    SseClient ofSubject = door.client(loop, "events/sub-" + key).connect();
    ofSubject.awaitStanding();
    long id = post(CLOUD_EVENT, body.formatted(key)).id();
    String said = "[id: " + id + "][event: com.example.paid][data: {\"n\": 1}]";

    assertEquals(said, client.next().toString());
    assertEquals(said, ofSubject.next().toString());
  }

  @Test
  void takesABatchOfCloudEvents_andEachOfThemOnce() {
    String format =
        "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/%s\",\"type\":\"t\",\"data\":%s}";
    String one = format.formatted("1", key, "1");
    String two = format.formatted("2", key, "2");
    String three = format.formatted("3", key, "3");
    List<Long> first = post(CLOUD_EVENTS, "[" + one + "," + two + "]").ids();
    List<Long> second = post(CLOUD_EVENTS, "[" + two + "," + three + "]").ids();

    assertEquals(first.get(1), second.get(0));
    assertEquals("1", client.next().text());
    assertEquals("2", client.next().text());
    assertEquals("3", client.next().text());
  }

  @Test
  void takesABinaryCloudEvent_andItsIdentityIsItsIdempotencyKey() {
    String[] headers = {
      "ce-specversion", "1.0", "ce-id", "e%201", "ce-source", "/" + key, "ce-type", "t"
    };
    Answer first = post("text/plain", "grüße\n", headers);
    Answer again = post("text/plain", "grüße\n", headers);

    assertEquals(first.body(), again.body());
    assertEquals("\"grüße\\n\"", client.next().text());
    assertEquals(409, post("text/plain", "other", headers).status());
    long next = door.publish("events/" + key, "t", "2");
    assertEquals(next, client.next().number());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"type\":\"t\",\"data\":1}", "[{\"type\":\"t\",\"data\":1}]"})
  void answersARepetitionAsTheFirstTime_andStoresNothing(String body) {
    Answer first = post(Door.JSON, body, "Idempotency-Key", "k-" + key);
    Answer again = post(Door.JSON, body, "Idempotency-Key", "k-" + key);

    assertEquals(201, again.status());
    assertEquals(first.body(), again.body());
    assertEquals(first.header("Location"), again.header("Location"));
    Answer other = post(Door.JSON, "{\"type\":\"t\",\"data\":2}", "Idempotency-Key", "k-" + key);
    assertTrue(other.problem(409, "conflict").contains("k-" + key), other.body());
    assertEquals("1", client.next().text());
    assertEquals(201, post(Door.JSON, body, "Idempotency-Key", "l-" + key).status());
    assertEquals("1", client.next().text());
    assertNull(client.poll());
  }

  @Test
  void storesABatchWhole_atTheLimits() {
    String event = "{\"type\":\"t\",\"data\":1}";
    assertEquals(1000, post(Door.JSON, "[" + (event + ",").repeat(999) + event + "]").ids().size());
    for (int i = 0; i < 1000; i++) {
      client.next();
    }
    String largest = "\"" + "x".repeat(256 * 1024 - 2) + "\"";
    post(Door.JSON, "{\"type\":\"t\",\"data\":" + largest + "}").id();
    assertEquals(largest, client.next().text());
  }

  @Test
  void takesABodyWithoutALength() {
    String body = "{\"type\":\"t\",\"data\":\"chunked\"}";
    HttpRequest.Builder request =
        HttpRequest.newBuilder(door.stream("events/" + key + "/events"))
            .header("Content-Type", "application/json;charset=UTF-8")
            .POST(
                HttpRequest.BodyPublishers.fromPublisher(
                    HttpRequest.BodyPublishers.ofString(body)));
    assertNotEquals(0, door.send(request).id());
    assertEquals("\"chunked\"", client.next().text());
  }
}
