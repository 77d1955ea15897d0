package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.embedded.TestCaller;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
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
  private static String password;

  @BeforeAll
  static void start() {
    hub =
        TestHub.startWithAdministrator(
            "proxied-tls",
            Map.of(
                "streams", "quiet",
                "trusted-proxies", "127.0.0.1",
                "stream.quiet.heartbeat.every", "0"),
            line -> {});
    password = hub.takeSecrets().get(0);
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
      answerSomeRequests(client, request);
      for (int i = 0; i < 20; i++) {
        HttpResponse<Stream<String>> response =
            Waiting.until(
                "a response", client.sendAsync(request, HttpResponse.BodyHandlers.ofLines()));
        assertEquals(200, response.statusCode());
        assertEquals(HttpClient.Version.HTTP_2, response.version());
        Thread reader = new Thread(() -> read(response, lines), "stream-" + i);
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

  /**
   * As of a page before it opens streams. Apache begins with six requests at a time on a
   * connection, and doubles that as it answers some.
   */
  private static void answerSomeRequests(HttpClient client, HttpRequest stream) {
    URI poll = URI.create(stream.uri() + "/events?wait=200ms");
    HttpRequest request =
        HttpRequest.newBuilder(poll).header("Authorization", "Bearer " + TestCaller.TOKEN).build();
    for (int i = 0; i < 4; i++) {
      HttpResponse<String> answer =
          Waiting.until(
              "a poll's answer", client.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
      assertEquals(200, answer.statusCode(), answer.body());
    }
  }

  private static void read(HttpResponse<Stream<String>> response, BlockingQueue<String> lines) {
    try {
      response.body().forEach(lines::add);
    } catch (UncheckedIOException e) {
      // The proxy has ended, with the test.
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
  void tellsTheHubWhetherThereIsTls_whateverTheClientClaims(ProxyProgram program) {
    FrontProxy.assumeInstalled(program);
    try (FrontProxy proxy = FrontProxy.startWithTls(program, hub.door().at("/"))) {
      String byTls = cookie(proxy, proxy.tlsAddress(), "http");
      assertTrue(byTls.endsWith("; Secure"), byTls);
      String inTheClear = cookie(proxy, proxy.address(), "https");
      assertTrue(inTheClear.endsWith("; SameSite=Lax"), inTheClear);
    }
  }

  private static String cookie(FrontProxy proxy, URI address, String claimed) {
    HttpClient client =
        HttpClient.newBuilder()
            .sslContext(TestCertificate.trusting(proxy.setup().directory()))
            .build();
    HttpRequest login =
        HttpRequest.newBuilder(address.resolve("api/v2/login"))
            .header("Content-Type", Door.JSON)
            .header("X-Forwarded-Proto", claimed)
            .POST(HttpRequest.BodyPublishers.ofString(Credentials.loginBody("root", password)))
            .build();
    HttpResponse<String> response =
        Waiting.until("an answer", client.sendAsync(login, HttpResponse.BodyHandlers.ofString()));
    assertEquals(200, response.statusCode(), response.body());
    return response.headers().firstValue("Set-Cookie").orElse("");
  }
}
