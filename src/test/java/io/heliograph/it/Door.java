package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.embedded.TestCaller;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A hub's HTTP interface, as a publisher and a polling reader use it. Any thread. */
final class Door {
  static final String JSON = "application/json";

  private final URI base;
  private final @Nullable String token;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Waiting.DEADLINE)
          .build();

  /**
   * @param base the hub's address, ending in a slash
   */
  Door(URI base) {
    this(base, TestCaller.TOKEN);
  }

  private Door(URI base, @Nullable String token) {
    this.base = base;
    this.token = token;
  }

  /** The same hub for whoever has {@code otherToken}; null for nobody in particular. */
  Door as(@Nullable String otherToken) {
    return new Door(base, otherToken);
  }

  /** What the hub said. */
  record Answer(HttpResponse<String> response) {
    int status() {
      return response.statusCode();
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    String body() {
      return response.body();
    }

    JsonObject json() {
      try (JsonReader reader = Json.createReader(new StringReader(body()))) {
        return reader.readObject();
      }
    }

    /** The id of the one event that was published. */
    long id() {
      assertEquals(201, status(), body());
      return Long.parseLong(json().getString("id"));
    }

    /** The ids of the events that were published, in order. */
    List<Long> ids() {
      assertEquals(201, status(), body());
      return json().getJsonArray("ids").getValuesAs(JsonString.class).stream()
          .map(id -> Long.parseLong(id.getString()))
          .toList();
    }

    /** The sentence of a problem, after a look at everything else that a problem has. */
    String problem(int status, String type) {
      assertEquals(status, status(), body());
      assertEquals("application/problem+json", header("Content-Type").split(";", -1)[0], body());
      JsonObject problem = json();
      assertEquals(status, problem.getInt("status"));
      assertEquals("/problems/" + type, problem.getString("type"), body());
      assertEquals(problem.getString("detail"), problem.getString("error"));
      return problem.getString("error");
    }
  }

  URI at(String path) {
    return base.resolve(path);
  }

  URI stream(String pathAndQuery) {
    return base.resolve("api/v2/streams/" + pathAndQuery);
  }

  /** Publishes one event and gives its id. */
  long publish(String streamAndKey, String type, String data) {
    return post(streamAndKey, JSON, "{\"type\":\"" + type + "\",\"data\":" + data + "}").id();
  }

  /**
   * @param headers names and values in turn
   */
  Answer post(String streamAndKey, String contentType, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(stream(streamAndKey + "/events"))
            .timeout(Waiting.DEADLINE)
            .header("Content-Type", contentType)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  Answer get(String path) {
    return send(HttpRequest.newBuilder(base.resolve(path)).timeout(Waiting.DEADLINE));
  }

  /** A subscriber of that stream, not connected yet. */
  SseClient client(ClientLoop loop, String streamAndQuery) {
    SseClient client = new SseClient(loop, stream(streamAndQuery));
    return token == null ? client : client.header("Authorization", "Bearer " + token);
  }

  /** The sum of a metric's series. */
  long metric(String name) {
    return get("api/v2/metrics")
        .body()
        .lines()
        .filter(line -> line.matches("heliograph_" + name + "[{ ].*"))
        .mapToLong(line -> Math.round(Double.parseDouble(line.substring(line.lastIndexOf(' ')))))
        .sum();
  }

  /** Sends it as this door's caller. */
  Answer send(HttpRequest.Builder request) {
    if (token != null) {
      request.setHeader("Authorization", "Bearer " + token);
    }
    try {
      return new Answer(client.send(request.build(), HttpResponse.BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
