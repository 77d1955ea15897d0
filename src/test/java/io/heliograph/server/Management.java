package io.heliograph.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * WildFly's management over HTTP. It takes DIGEST alone (RFC 7616), which the JDK's client does not
 * know.
 */
final class Management {
  static final String REALM = "ManagementRealm";

  private static final Pattern NONCE = Pattern.compile("nonce=\"([^\"]+)\"");
  private static final Pattern OPAQUE = Pattern.compile("opaque=\"([^\"]+)\"");
  private static final String PATH = "/management";

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI door;
  private final String name;
  private final String password;

  Management(int port, String name, String password) {
    this.door = URI.create("http://127.0.0.1:" + port + PATH);
    this.name = name;
    this.password = password;
  }

  /**
   * Runs an operation.
   *
   * @throws IllegalStateException with the server's words if it refuses
   */
  void run(String operation) throws IOException {
    try {
      HttpResponse<String> challenge = client.send(request("{}").build(), text());
      String asked = challenge.headers().firstValue("WWW-Authenticate").orElse("");
      HttpResponse<String> answer =
          client.send(request(operation).header("Authorization", response(asked)).build(), text());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(
            "WildFly's management answered " + answer.statusCode() + ": " + answer.body());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private HttpRequest.Builder request(String body) {
    return HttpRequest.newBuilder(door)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private static HttpResponse.BodyHandler<String> text() {
    return HttpResponse.BodyHandlers.ofString();
  }

  private String response(String challenge) {
    String nonce = first(NONCE, challenge);
    String mine = UUID.randomUUID().toString().replace("-", "");
    String secret = Digest.md5(name + ":" + REALM + ":" + password);
    String asked = Digest.md5("POST:" + PATH);
    String proof = Digest.md5(secret + ":" + nonce + ":00000001:" + mine + ":auth:" + asked);
    return String.format(
        Locale.ROOT,
        "Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", algorithm=MD5,"
            + " response=\"%s\", qop=auth, nc=00000001, cnonce=\"%s\", opaque=\"%s\"",
        name,
        REALM,
        nonce,
        PATH,
        proof,
        mine,
        first(OPAQUE, challenge));
  }

  private static String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException("WildFly's management asked for '" + text + "'");
    }
    return matcher.group(1);
  }
}
