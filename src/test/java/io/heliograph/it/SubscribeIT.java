package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import java.net.http.HttpRequest;
import java.util.Objects;
import java.util.UUID;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading a stream: CONTRACT, part 1, as it stands on the wire. */
class SubscribeIT extends DeployedClients {
  private static final String DATA = "{\"n\":1}";

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with(
        "heliograph.streams=greeting,unnamed,versioned,typed,hasty",
        "heliograph.stream.greeting.hello=true",
        "heliograph.stream.unnamed.hello=true",
        "heliograph.stream.unnamed.event-names=false",
        "heliograph.stream.versioned.envelope=versioned",
        "heliograph.stream.typed.envelope=typed",
        "heliograph.stream.hasty.retry=200ms");
  }

  @Test
  void saysItsHeadersAtOnce_beforeAnyEventExists() {
    Response head = open("events/" + freshKey()).awaitHead();

    assertEquals(200, head.status());
    assertEquals("text/event-stream;charset=utf-8", head.header("Content-Type"));
    assertEquals("no-cache, no-store", head.header("Cache-Control"));
    assertEquals("no", head.header("X-Accel-Buffering"));
    String id = Objects.requireNonNull(head.header("X-SSE-Connection-Id"));
    assertEquals(id, UUID.fromString(id).toString());
  }

  @Test
  void beginsWithRetryThenTheId_andNothingElse() {
    SseClient client = open("events/" + freshKey());
    Block retry = client.next();
    assertEquals("[retry: " + retry.retry() + "]", retry.toString());
    assertTrue(client.next().isIdOnly());
  }

  @Test
  void jittersRetryAroundThePolicys() {
    int[] millis = new int[20];
    for (int i = 0; i < millis.length; i++) {
      String retry = open("hasty").next().retry();
      millis[i] = Integer.parseInt(Objects.requireNonNull(retry));
      assertTrue(millis[i] >= 160 && millis[i] <= 240, "retry: " + millis[i]);
    }
    assertTrue(java.util.Arrays.stream(millis).distinct().count() > 1, "all said the same");
  }

  @Test
  void takesAnyAccept() {
    assertEquals(200, open("events").header("Accept", "*/*").awaitHead().status());
  }

  @Test
  void givesEventsWithIdNameAndData_inOrder() {
    String key = freshKey();
    SseClient client = open("events/" + key);
    long standing = client.awaitStanding();
    long first = door.publish("events/" + key, "one", "{\"a\": [1,  2]}");
    long second = door.publish("events/" + key, "two", "null");

    assertTrue(first > standing);
    assertEquals("[id: " + first + "][event: one][data: {\"a\": [1,  2]}]", "" + client.next());
    assertEquals("[id: " + second + "][event: two][data: null]", "" + client.next());
  }

  @Test
  void splitsDataAtEveryKindOfLineEnd() {
    String key = freshKey();
    SseClient client = open("events/" + key);
    client.awaitStanding();
    door.publish("events/" + key, "lines", "[1,\n2,\r\n3,\r4]");

    assertEquals("[1,\n2,\n3,\n4]", client.nextEvent().text());
  }

  @Test
  void saysHelloWithTheConnectionsId_whereThePolicyAsks() {
    SseClient client = open("greeting");
    String id = client.awaitHead().header("X-SSE-Connection-Id");
    client.next();

    assertEquals(
        "[event: hello][data: {\"type\":\"hello\",\"connectionId\":\"" + id + "\"}]",
        client.next().toString());
    assertTrue(client.next().isIdOnly());
  }

  @Test
  void leavesNamesOut_whereThePolicySaysSo_butNotOfAGap() {
    SseClient client = door.client(loop, "unnamed").at("rubbish").connect();
    client.next();
    assertNull(client.nextEvent().name());
    assertEquals("gap", client.nextEvent().name());
    client.awaitStanding();
    long id = door.publish("unnamed", "secret", DATA);

    assertEquals("[id: " + id + "][data: " + DATA + "]", client.next().toString());
  }

  @Test
  void wrapsInAVersionedEnvelope() {
    SseClient client = open("versioned");
    client.awaitStanding();
    door.post(
        "versioned", Door.JSON, "{\"type\":\"t\",\"data\":[1],\"correlation_id\":\"c\\\"1\"}");
    door.publish("versioned", "t", "2");

    assertEquals(
        "{\"schema_version\":1,\"correlation_id\":\"c\\\"1\",\"payload\":[1]}",
        client.nextEvent().text());
    assertEquals(
        "{\"schema_version\":1,\"correlation_id\":null,\"payload\":2}", client.nextEvent().text());
  }

  @Test
  void wrapsInATypedEnvelope() {
    SseClient client = open("typed");
    client.awaitStanding();
    door.post("typed", Door.JSON, "{\"type\":\"t\",\"data\":{},\"tenant\":\"7\"}");
    door.publish("typed", "u", "2");

    assertEquals("{\"type\":\"t\",\"data\":{},\"tenant_id\":\"7\"}", client.nextEvent().text());
    assertEquals("{\"type\":\"u\",\"data\":2,\"tenant_id\":null}", client.nextEvent().text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"?type=a,c", "?type=a&type=c", "?type=c,,%20a"})
  void filtersByType(String query) {
    String key = freshKey();
    SseClient client = open("events/" + key + query);
    client.awaitStanding();
    door.publish("events/" + key, "a", "1");
    door.publish("events/" + key, "b", "2");
    door.publish("events/" + key, "c", "3");

    assertEquals("1", client.nextEvent().text());
    assertEquals("3", client.nextEvent().text());
  }

  @Test
  void givesAKeysReaderThatKeyOnly_andTheStreamsReaderAll() {
    String one = freshKey();
    String other = freshKey();
    SseClient ofOne = open("events/" + one);
    SseClient ofAll = open("events");
    ofOne.awaitStanding();
    ofAll.awaitStanding();
    long first = door.publish("events/" + other, "t", "1");
    String both = "{\"type\":\"t\",\"data\":2,\"keys\":[\"" + one + "\",\"" + other + "\"]}";
    long second = door.post("events", Door.JSON, both).id();
    long third = door.publish("events/" + one, "t", "3");

    assertEquals(second, ofOne.nextEvent().number());
    assertEquals(third, ofOne.nextEvent().number());
    assertEquals(first, ofAll.nextEvent().number());
    assertEquals(second, ofAll.nextEvent().number());
    assertEquals(third, ofAll.nextEvent().number());
  }

  @Test
  void readsAKeyWithStrangeCharacters() {
    SseClient client = open("events/a%20b+c%C3%A4%3F");
    client.awaitStanding();
    String body = "{\"type\":\"t\",\"data\":1,\"keys\":[\"a b+cä?\"]}";
    long id = door.post("events", Door.JSON, body).id();

    assertEquals(id, client.nextEvent().number());
  }

  @Test
  void readsAKeyWithASlash() {
    SseClient client = open("events/orders%2F42");
    client.awaitStanding();
    String body = "{\"type\":\"t\",\"data\":1,\"keys\":[\"orders/42\"]}";
    long byBody = door.post("events", Door.JSON, body).id();
    long byPath = door.publish("events/orders%2F42", "t", "2");

    assertEquals(byBody, client.nextEvent().number());
    assertEquals(byPath, client.nextEvent().number());
    assertEquals(
        2,
        door.get("api/v2/streams/events/orders%2F42/events").json().getJsonArray("events").size());
  }

  /** Seen red: it was a GET, which opens a connection and never ends. */
  @ParameterizedTest
  @ValueSource(strings = {"events", "events/k"})
  void answersHeadLikeGet_withoutAConnection(String path) {
    open(path).awaitStanding();
    long opened = door.metric("connections_opened_total");
    assertTrue(opened > 0);
    for (int i = 0; i < 3; i++) {
      Door.Answer answer = head(path);
      assertEquals(200, answer.status());
      assertEquals("text/event-stream;charset=utf-8", answer.header("Content-Type"));
      assertEquals("no-cache, no-store", answer.header("Cache-Control"));
      assertEquals("no", answer.header("X-Accel-Buffering"));
    }

    assertEquals(opened, door.metric("connections_opened_total"));
  }

  @Test
  void refusesHeadAsItRefusesGet() {
    assertEquals(404, head("nosuch").status());
    assertEquals(404, head("nosuch/k").status());
    assertEquals(400, head("events?since=soon").status());
  }

  private Door.Answer head(String path) {
    return door.send(
        HttpRequest.newBuilder(door.stream(path))
            .timeout(Waiting.DEADLINE)
            .method("HEAD", HttpRequest.BodyPublishers.noBody()));
  }

  @Test
  void refusesAnUnknownStream() {
    SseClient client = open("nosuch");
    assertEquals(404, client.awaitHead().status());
    assertProblem(client, "nosuch");
  }

  @Test
  void refusesToAnswerOtherThanAnEventStream() {
    SseClient client = door.client(loop, "events").header("Accept", "application/json").connect();
    assertEquals(406, client.awaitHead().status());
    assertProblem(client, "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "events?since=yesterday",
        "events?since=2026-13-01T00:00:00Z",
        "events?since=-1",
        "events?type=a%0Ab",
        "events?type=%C2%85",
        "events/a%0D%0Ab",
        "events/%7F",
      })
  void refusesParametersThatDoNotFit(String streamAndQuery) {
    SseClient client = open(streamAndQuery);
    assertEquals(400, client.awaitHead().status(), streamAndQuery);
    assertProblem(client, "");
  }

  @Test
  void refusesTooManyTypes() {
    StringBuilder types = new StringBuilder("0");
    for (int i = 1; i <= 100; i++) {
      types.append(',').append(i);
    }
    SseClient client = open("events?type=" + types);
    assertEquals(400, client.awaitHead().status());
    assertProblem(client, "100");
  }

  private static void assertProblem(SseClient client, String seen) {
    String type = Objects.requireNonNull(client.awaitHead().header("Content-Type"));
    assertEquals("application/problem+json", type.split(";", -1)[0]);
    String body = client.awaitBody();
    assertTrue(body.matches("\\{.*\"error\":\"[^\"]{10,}.*}"), body);
    assertTrue(body.contains(seen), body);
  }
}
