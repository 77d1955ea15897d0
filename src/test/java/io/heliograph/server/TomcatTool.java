package io.heliograph.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A Tomcat's manager application, as scripts use it. */
final class TomcatTool {
  /** What arquillian.xml presents to it. */
  static final String NAME = "tests";

  static final String PASSWORD = "tests";

  static final String ROLES = "manager-script,manager-jmx";

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI door;

  TomcatTool(URI server) {
    this.door = server.resolve("manager/");
  }

  /** A request of {@code pathAndQuery} below the manager's address. */
  HttpRequest.Builder request(String pathAndQuery) {
    return HttpRequest.newBuilder(door.resolve(pathAndQuery));
  }

  /**
   * What it said.
   *
   * @throws IllegalStateException with that, if it is not that all went well
   */
  String ask(HttpRequest.Builder request) throws IOException {
    String pair = NAME + ":" + PASSWORD;
    request.setHeader(
        "Authorization",
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    try {
      HttpRequest asked = request.build();
      HttpResponse<String> answer =
          client.send(asked, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      String text = answer.body();
      if (answer.statusCode() != 200 || !text.startsWith("OK")) {
        throw new IllegalStateException(
            "Tomcat answered " + answer.statusCode() + " to " + asked.uri() + ": " + text);
      }
      return text;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
