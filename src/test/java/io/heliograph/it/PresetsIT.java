package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import io.heliograph.embedded.TestCaller;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The systems' own limits and words, over HTTP, with nothing lifted.
 *
 * <p>Heartbeats are more frequent than the systems', because the hub learns of a vanished client by
 * writing, and a job stream's idle time is shorter. Each test comes from addresses of its own.
 */
class PresetsIT extends DeployedClients {
  private static final AtomicInteger ADDRESSES = new AtomicInteger();

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with(
            "heliograph.systems=observability,jobs,monitors,tasks",
            "heliograph.trusted-proxies=127.0.0.0/8",
            "heliograph.stream.observability.heartbeat.every=1s",
            "heliograph.stream.jobs.heartbeat.every=1s",
            "heliograph.stream.jobs.idle-timeout=10s",
            "heliograph.stream.tasks.heartbeat.every=1s",
            "heliograph.stream.tasks.limit.per-address=2")
        .addClass(SystemDoor.class);
  }

  /** Whoever is left from the test before counts against the stream's limit. */
  @BeforeEach
  void awaitNobody() {
    Waiting.until("those of other tests are gone", () -> door.metric("connections_active") == 0);
  }

  private static String address() {
    int number = ADDRESSES.incrementAndGet();
    return "198.51." + number / 250 + "." + (number % 250 + 1);
  }

  private SseClient from(String address, String stream) {
    return door.client(loop, stream).header("X-Forwarded-For", address).connect();
  }

  /** Opens that many, each of which is admitted. */
  private List<SseClient> open(int count, String address, String stream) {
    List<SseClient> clients =
        IntStream.range(0, count).mapToObj(i -> from(address, stream)).toList();
    clients.forEach(client -> assertEquals(200, client.awaitHead().status(), stream));
    return clients;
  }

  private static void assertRefused(int status, String sentence, SseClient client) {
    Response head = client.awaitHead();
    assertEquals(status, head.status());
    String body = client.awaitBody();
    assertEquals(
        "application/problem+json",
        Objects.requireNonNull(head.header("Content-Type")).split(";", -1)[0]);
    int seconds = Integer.parseInt(Objects.requireNonNull(head.header("Retry-After")));
    assertTrue(seconds >= 1 && seconds <= 60, "Retry-After: " + seconds);
    try (JsonReader reader = Json.createReader(new StringReader(body))) {
      JsonObject problem = reader.readObject();
      assertEquals(status, problem.getInt("status"), body);
      assertTrue(problem.getString("error").contains(sentence), body);
    }
  }

  private static void assertRefusedByJobs(String sentence, SseClient client) {
    assertRefused(429, sentence, client);
    assertTrue(client.awaitBody().contains("\"error\":\"" + sentence + "\""), client.awaitBody());
  }

  private void awaitActive(int connections) {
    Waiting.until(
        connections + " connections", () -> door.metric("connections_active") == connections);
  }

  @Test
  void observabilityTakesAHundred_whateverTheirAddresses() {
    List<SseClient> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      clients.addAll(open(5, address(), "observability"));
    }
    for (int i = 0; i < 3; i++) {
      assertRefused(
          503,
          "heliograph.stream.observability.limit.connections",
          from(address(), "observability"));
    }
    clients.get(42).leave();
    awaitActive(99);
    open(1, address(), "observability");
    assertRefused(503, "limit.connections", from(address(), "observability"));
  }

  @Test
  void observabilityTakesFiveOfAnAddress_andTenTriesAMinute() {
    String address = address();
    List<SseClient> clients = open(5, address, "observability");
    for (int attempt = 6; attempt <= 10; attempt++) {
      assertRefused(429, "limit.per-address", from(address, "observability"));
    }
    assertRefused(429, "has tried 10 times within 60 s", from(address, "observability"));
    clients.forEach(SseClient::leave);
    awaitActive(0);
    assertRefused(429, "rate.per-address", from(address, "observability"));
    open(5, address(), "observability");
  }

  @Test
  void jobsTakesTwoOfAnAddress() {
    String address = address();
    List<SseClient> clients = new ArrayList<>();
    clients.addAll(open(1, address, "jobs?session=" + freshKey()));
    clients.addAll(open(1, address, "jobs"));
    assertRefusedByJobs(
        "Too many SSE connections from this IP", from(address, "jobs?session=" + freshKey()));
    clients.get(0).leave();
    awaitActive(1);
    open(1, address, "jobs");
  }

  /** It takes seconds: the hub looks first whether the one that is there still lives. */
  @Test
  void jobsTakesOneOfASession() {
    String session = "jobs?session=" + freshKey();
    SseClient first = open(1, address(), session).get(0);
    assertRefusedByJobs("Too many SSE connections for this session", from(address(), session));
    first.leave();
    open(1, address(), session);
  }

  @Test
  void jobsSaysHelloFirst_thenNamesNoEvent_andPings() {
    SseClient client = open(1, address(), "jobs").get(0);
    assertTrue(client.next().retry() != null, "retry comes first");
    String id = Objects.requireNonNull(client.awaitHead().header("X-SSE-Connection-Id"));
    assertEquals(
        "[data: {\"type\":\"hello\",\"connectionId\":\"" + id + "\"}]", "" + client.nextEvent());
    client.awaitStanding();
    assertEquals("[:ping]", client.next().toString());
    assertEquals(
        201,
        door.send(
                HttpRequest.newBuilder(door.at("past-the-door/jobs"))
                    .POST(HttpRequest.BodyPublishers.noBody()))
            .status());
    Block event = client.nextEvent();
    assertEquals("[id: " + event.id() + "][data: {\"n\":1}]", event.toString());
  }

  /** Five places of an address, taken, given back in one of the ways, and taken again. */
  private void assertPlacesComeBack(Consumer<String> takeAndEnd) {
    String address = address();
    takeAndEnd.accept(address);
    awaitActive(0);
    open(5, address, "observability");
  }

  @Test
  void placesComeBack_whenClientsLeave() {
    assertPlacesComeBack(address -> open(5, address, "observability").forEach(SseClient::leave));
  }

  @Test
  void placesComeBack_whenClientsAreCutOff() {
    assertPlacesComeBack(
        address -> {
          try {
            for (int i = 0; i < 5; i++) {
              cut(address);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private void cut(String address) throws IOException {
    RawExchange exchange = new RawExchange(door.at(""));
    exchange.send(
        "GET "
            + door.stream("observability").getRawPath()
            + " HTTP/1.1\r\n"
            + RawExchange.CALLER
            + ("X-Forwarded-For: " + address + "\r\n\r\n"));
    assertEquals(200, exchange.headStatus());
    exchange.cut();
  }

  @Test
  void placesComeBack_whenCredentialsExpire() {
    assertPlacesComeBack(
        address -> {
          Door shortly =
              door.as(
                  TestCaller.token("maria", null, Instant.now().plusSeconds(4), "events-read-own"));
          List<SseClient> clients =
              IntStream.range(0, 5)
                  .mapToObj(i -> shortly.client(loop, "observability"))
                  .map(client -> client.header("X-Forwarded-For", address).connect())
                  .toList();
          for (SseClient client : clients) {
            assertEquals(200, client.awaitHead().status());
            assertEquals(
                "[event: bye][data: {\"reason\":\"token_expired\"}]", "" + client.nextEvent());
            assertEquals(SseClient.End.CLEAN, client.awaitEnd());
          }
        });
  }

  @Test
  void placesComeBack_whenConnectionsAreIdle() {
    String address = address();
    String session = "jobs?session=" + freshKey();
    List<SseClient> clients = new ArrayList<>(open(1, address, session));
    clients.addAll(open(1, address, "jobs"));
    assertRefusedByJobs("Too many SSE connections from this IP", from(address, "jobs"));
    for (SseClient client : clients) {
      assertEquals(
          "[event: bye][data: {\"reason\":\"idle_timeout\"}]", "" + client.nextEvent("bye"));
      assertEquals(SseClient.End.CLEAN, client.awaitEnd());
    }
    awaitActive(0);
    open(1, address, session);
    open(1, address, "jobs");
  }

  /** The newcomer has the old one's place, and not one more. */
  @Test
  void placesComeBack_whenASessionIsReplaced() {
    String address = address();
    String session = "tasks?session=" + freshKey();
    SseClient old = open(1, address, session).get(0);
    SseClient other = open(1, address, "tasks?session=" + freshKey()).get(0);
    assertRefused(429, "limit.per-address", from(address, "tasks?session=" + freshKey()));
    for (int i = 0; i < 5; i++) {
      SseClient newer = open(1, address, session).get(0);
      assertEquals("[event: bye][data: {\"reason\":\"replaced\"}]", "" + old.nextEvent());
      assertEquals(SseClient.End.CLEAN, old.awaitEnd());
      old = newer;
    }
    awaitActive(2);
    assertRefused(429, "limit.per-address", from(address, "tasks?session=" + freshKey()));
    other.leave();
    awaitActive(1);
    open(1, address, "tasks?session=" + freshKey());
  }

  @ParameterizedTest
  @CsvSource({
    "observability, POST /api/observability/events",
    "jobs, POST /api/jobs/{id}",
    "monitors, POST /internal/broadcast",
    "tasks, POST /api/v2/tasks or POST /internal/send"
  })
  void generalDoorNamesTheSystemsOwn(String stream, String own) {
    for (String path : List.of(stream, stream + "/k")) {
      String sentence =
          door.post(path, Door.JSON, "{\"type\":\"t\",\"data\":1}").problem(403, "forbidden");
      assertTrue(sentence.endsWith("use " + own), sentence);
    }
  }
}
