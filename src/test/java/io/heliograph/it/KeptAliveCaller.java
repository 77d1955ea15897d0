package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.embedded.TestCaller;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Somebody who asks one thing after the other through a connection that is kept, each answer of
 * which tells what was asked; streams that the server ends among them, so that the next response
 * comes behind one. One thread's.
 */
final class KeptAliveCaller {
  /** What all of them ask about. Any thread. */
  interface Marked {
    int readers();

    /** Makes the next event. */
    MarkedEvent next();

    /** {@code event} was published as {@code id}. */
    void published(long id, MarkedEvent event);

    /** One that was published. */
    Known any();
  }

  record Known(long id, MarkedEvent event) {}

  /** How many of each there were. */
  record Counts(
      AtomicInteger requests,
      AtomicInteger streams,
      AtomicInteger behindAStream,
      AtomicInteger aborts) {
    Counts() {
      this(new AtomicInteger(), new AtomicInteger(), new AtomicInteger(), new AtomicInteger());
    }
  }

  private static final Duration PAUSE = Duration.ofMillis(4);

  private final URI hub;
  private final String stream;
  private final String endingStream;
  private final Marked marked;
  private final Counts counts;
  private RawExchange exchange;
  private int left;
  private boolean isBehindAStream;

  /**
   * @param endingStream whose connections the hub ends
   */
  KeptAliveCaller(URI hub, String stream, String endingStream, Marked marked, Counts counts)
      throws IOException {
    this.hub = hub;
    this.stream = stream;
    this.endingStream = endingStream;
    this.marked = marked;
    this.counts = counts;
    this.exchange = new RawExchange(hub);
    this.left = lifetime();
  }

  private static int lifetime() {
    return ThreadLocalRandom.current().nextInt(1, 60);
  }

  /** Asks for something. */
  void act() throws IOException {
    switch (ThreadLocalRandom.current().nextInt(11)) {
      case 0 -> readToTheEnd();
      case 1, 2 -> askWhoIAm();
      case 3, 4, 5 -> turnPage();
      case 6, 7 -> readOne(marked.any());
      case 8, 9 -> publish();
      default -> askForNothing();
    }
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(PAUSE.toNanos()));
  }

  void close() throws IOException {
    exchange.close();
  }

  private void askWhoIAm() throws IOException {
    String name = freshName();
    JsonObject me = json(200, get("api/v2/me", TestCaller.token(name, null, "events-read-own")));
    assertEquals(name, me.getString("name"));
  }

  private static String freshName() {
    return "u" + Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), 36);
  }

  private void turnPage() throws IOException {
    String key = MarkedEvent.key(ThreadLocalRandom.current().nextInt(marked.readers()));
    JsonObject page = json(200, get("api/v2/streams/" + stream + "/" + key + "/events?limit=20"));
    for (JsonObject event : page.getJsonArray("events").getValuesAs(JsonObject.class)) {
      read(event).requireFor(key);
    }
  }

  private MarkedEvent read(JsonObject json) {
    MarkedEvent event = MarkedEvent.read(json.getJsonObject("data").toString(), marked.readers());
    assertEquals(
        event.keys().stream().sorted().toList(),
        json.getJsonArray("keys").getValuesAs(JsonString::getString).stream().sorted().toList());
    return event;
  }

  private void readOne(Known known) throws IOException {
    JsonObject event = json(200, get("api/v2/events/" + known.id()));
    assertEquals(Long.toString(known.id()), event.getString("id"));
    assertEquals(known.event(), read(event));
  }

  private void publish() throws IOException {
    MarkedEvent event = marked.next();
    byte[] body = event.json().getBytes(StandardCharsets.UTF_8);
    JsonObject said =
        json(
            201,
            ("POST " + path("api/v2/streams/" + stream + "/events") + " HTTP/1.1\r\n")
                + RawExchange.CALLER
                + ("Content-Type: application/json\r\nContent-Length: " + body.length)
                + "\r\n\r\n"
                + event.json());
    long id = Long.parseLong(said.getString("id"));
    marked.published(id, event);
    readOne(new Known(id, event));
  }

  private void askForNothing() throws IOException {
    String name = freshName();
    JsonObject problem = json(404, get("api/v2/streams/" + name));
    assertTrue(problem.getString("error").contains(name), problem::toString);
  }

  /** A stream, until the hub says that it has lived long enough. */
  private void readToTheEnd() throws IOException {
    begin();
    exchange.send(get("api/v2/streams/" + endingStream));
    assertEquals(200, exchange.status());
    boolean[] isSaidSo = new boolean[1];
    SseParser parser =
        new SseParser(
            block -> {
              assertFalse(isSaidSo[0], () -> "behind the last block came " + block);
              if ("bye".equals(block.name())) {
                assertEquals("{\"reason\":\"max_lifetime\"}", block.data());
                isSaidSo[0] = true;
              } else if (block.isEvent()) {
                MarkedEvent.read(block.text(), marked.readers());
              }
            });
    byte[] body = exchange.body().getBytes(StandardCharsets.UTF_8);
    parser.feed(body, 0, body.length);
    assertTrue(isSaidSo[0], "a stream ended without a word");
    counts.streams().incrementAndGet();
    end();
    isBehindAStream = true;
  }

  private String get(String pathAndQuery) {
    return get(pathAndQuery, TestCaller.TOKEN);
  }

  private String get(String pathAndQuery, String token) {
    return ("GET " + path(pathAndQuery) + " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + token)
        + "\r\n\r\n";
  }

  private String path(String pathAndQuery) {
    return hub.getRawPath() + pathAndQuery;
  }

  private JsonObject json(int status, String request) throws IOException {
    begin();
    exchange.send(request);
    assertEquals(status, exchange.status(), exchange::body);
    String body = exchange.body();
    end();
    try (JsonReader reader = Json.createReader(new StringReader(body))) {
      return reader.readObject();
    }
  }

  /** A connection for the next request: the last one's, or another if that has served enough. */
  private void begin() throws IOException {
    exchange.next();
    assertFalse(exchange.isAnswered(), "there were bytes before there was a request");
    left--;
    if (left < 0) {
      abort();
    } else if (isBehindAStream) {
      counts.behindAStream().incrementAndGet();
    }
    isBehindAStream = false;
  }

  /** Leaves while a response is on its way. */
  private void abort() throws IOException {
    exchange.send(get("api/v2/streams/" + stream + "/events?limit=50"));
    if (ThreadLocalRandom.current().nextBoolean()) {
      exchange.headStatus();
    }
    exchange.cut();
    counts.aborts().incrementAndGet();
    renew();
  }

  private void end() throws IOException {
    counts.requests().incrementAndGet();
    if ("close"
        .equalsIgnoreCase(
            Objects.requireNonNullElse(exchange.response().header("connection"), ""))) {
      exchange.close();
      renew();
    }
  }

  private void renew() throws IOException {
    exchange = new RawExchange(hub);
    left = lifetime();
  }
}
