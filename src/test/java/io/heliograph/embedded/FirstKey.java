package io.heliograph.embedded;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * The first API key, which the hub makes as for any administrator who asks it over HTTP.
 *
 * <p>Neither the key nor the password comes into a message.
 */
public final class FirstKey {
  private static final String REQUEST =
      "{\"name\":\"first\",\"roles\":[\"events-read-all\",\"events-publish\"]}";

  /** What fits a header and a shell's word. */
  private static final Pattern KEY = Pattern.compile("hk_[A-Za-z0-9._~-]{1,500}");

  /** Far more than a hub takes that has just been deployed. */
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private FirstKey() {}

  /**
   * Asks {@code hub} for it.
   *
   * @throws NotMadeException if there is none; the hub is as usable as before
   */
  public static String ask(URI hub, Administrator administrator)
      throws NotMadeException, InterruptedException {
    URI door = hub.resolve("api/v2/admin/api-keys");
    String pair = administrator.name() + ":" + administrator.password();
    HttpRequest request =
        HttpRequest.newBuilder(door)
            .timeout(DEADLINE)
            .header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(REQUEST))
            .build();
    try {
      HttpResponse<String> answer =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(DEADLINE)
              .build()
              .send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 201) {
        throw new NotMadeException(door, "answered " + answer.statusCode());
      }
      String key = keyIn(answer.body());
      if (!KEY.matcher(key).matches()) {
        throw new NotMadeException(door, "answered 201 without a key");
      }
      return key;
    } catch (IOException e) {
      throw new NotMadeException(door, "did not answer (" + e + ")");
    }
  }

  /** Empty if there is none. */
  private static String keyIn(String body) {
    try (JsonReader reader = Json.createReader(new StringReader(body))) {
      return reader.readObject().getString("key", "");
    } catch (JsonException e) {
      return "";
    }
  }

  /** The message is a sentence for the person who started the hub. */
  public static final class NotMadeException extends Exception {
    private static final long serialVersionUID = 1L;

    NotMadeException(URI door, String seen) {
      super(
          "no API key was made, because POST "
              + door
              + " "
              + seen
              + "; the hub runs, make one there as its administrator");
    }
  }
}
