package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.embedded.TestCaller;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The files of {@code deploy/} with their lines for TLS: HTTP/2, as browsers speak it. */
class ProxyTlsIT {
  private static TestHub hub;

  @BeforeAll
  static void start() {
    hub =
        TestHub.start(
            "proxied-tls",
            Map.of(
                "streams", "quiet",
                "trusted-proxies", "127.0.0.1",
                "stream.quiet.heartbeat.every", "0"));
  }

  @AfterAll
  static void stop() {
    hub.close();
  }

  /** As many as a browser opens connections to a host, and more; nothing follows an event. */
  @ParameterizedTest
  @EnumSource
  void passesEachEventOfManyStreams_overOneConnection(ProxyProgram program)
      throws InterruptedException {
    FrontProxy.assumeInstalled(program);
    String place = "quiet/" + UUID.randomUUID();
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    try (FrontProxy proxy = FrontProxy.startWithTls(program, hub.door().at("/"))) {
      HttpClient client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_2)
              .sslContext(TestCertificate.trusting(proxy.setup().directory()))
              .build();
      HttpRequest request =
          HttpRequest.newBuilder(proxy.tlsAddress().resolve("api/v2/streams/" + place))
              .header("Authorization", "Bearer " + TestCaller.TOKEN)
              .build();
      for (int i = 0; i < 20; i++) {
        HttpResponse<Stream<String>> response =
            Waiting.until(
                "a response", client.sendAsync(request, HttpResponse.BodyHandlers.ofLines()));
        assertEquals(200, response.statusCode());
        assertEquals(HttpClient.Version.HTTP_2, response.version());
        Thread reader = new Thread(() -> response.body().forEach(lines::add), "stream-" + i);
        reader.setDaemon(true);
        reader.start();
        await(lines, "id: ", 1);
      }

      for (int i = 0; i < 3; i++) {
        hub.door().publish(place, "t", "\"event " + i + "\"");
        await(lines, "data: \"event " + i + "\"", 20);
      }
    }
  }

  private static void await(BlockingQueue<String> lines, String beginning, int count)
      throws InterruptedException {
    int seen = 0;
    while (seen < count) {
      String line = lines.poll(Waiting.DEADLINE.toSeconds(), TimeUnit.SECONDS);
      assertTrue(line != null, seen + " of " + count + " came of " + beginning);
      seen += line.startsWith(beginning) ? 1 : 0;
    }
  }

  /** By the proxy's word for it the hub makes a session's cookie Secure. */
  @ParameterizedTest
  @EnumSource
  void tellsTheHubOfTls(ProxyProgram program) {
    FrontProxy.assumeInstalled(program);
    try (FrontProxy proxy = FrontProxy.startWithTls(program, hub.door().at("/"))) {
      HttpClient client =
          HttpClient.newBuilder()
              .sslContext(TestCertificate.trusting(proxy.setup().directory()))
              .build();
      String origin = "https://" + proxy.tlsAddress().getAuthority();
      HttpRequest logout =
          HttpRequest.newBuilder(proxy.tlsAddress().resolve("api/v2/logout"))
              .header("Origin", origin)
              .header("X-Forwarded-Proto", "http")
              .POST(HttpRequest.BodyPublishers.noBody())
              .build();
      CompletableFuture<HttpResponse<String>> answer =
          client.sendAsync(logout, HttpResponse.BodyHandlers.ofString());
      HttpResponse<String> response = Waiting.until("an answer", answer);
      assertTrue(response.statusCode() < 400, response.body());
      String cookie = response.headers().firstValue("Set-Cookie").orElse("");
      assertTrue(cookie.contains("; Secure"), cookie);
    }
  }
}
