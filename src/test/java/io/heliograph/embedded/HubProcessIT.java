package io.heliograph.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class HubProcessIT {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();

  @TempDir private Path data;

  @Test
  void saysFarewellAndLeavesNoServerFiles_whenTerminated() throws Exception {
    try (HubProcess hub = HubProcess.launch(plan(HubProcess.freePort()))) {
      URI url = hub.awaitReady(HubProcess.START_DEADLINE);
      try (BufferedReader stream = read(url)) {
        assertTrue(stream.readLine().startsWith("retry: "));

        int status = hub.stop();

        assertEquals(0, status);
        List<String> rest = stream.lines().toList();
        assertTrue(rest.contains("event: server_shutdown"), () -> "the stream ended with " + rest);
        assertFalse(Files.exists(Serve.serverDirectory(data)));
        assertTrue(said.contains("stopped"), () -> "it said " + said);
      }
    }
  }

  @Test
  void keepsWhatItAcknowledged_whenKilledAndStartedAgain() throws Exception {
    HubProcess.Plan plan = plan(HubProcess.freePort());
    String id;
    try (HubProcess hub = HubProcess.launch(plan)) {
      id = publish(hub.awaitReady(HubProcess.START_DEADLINE));
      hub.kill();
      assertFalse(hub.isAlive());
      assertFalse(Files.exists(Serve.serverDirectory(data)));
    }
    try (HubProcess hub = HubProcess.launch(plan)) {
      URI url = hub.awaitReady(HubProcess.START_DEADLINE);
      try (BufferedReader stream = read(url)) {
        // Position 0 is before everything; what is not there fails the test by its time-out.
        assertTrue(stream.lines().anyMatch(("id: " + id)::equals));
      }
    }
  }

  @Test
  void refusesInOneSentence_whenThePortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HubProcess hub = HubProcess.launch(plan(taken.getLocalPort()))) {
      assertThrows(CannotStartException.class, () -> hub.awaitReady(HubProcess.START_DEADLINE));
      assertEquals(Serve.REFUSED, hub.awaitEnd());
      assertTrue(
          said.stream().anyMatch(line -> line.startsWith("port " + taken.getLocalPort())),
          () -> "it said " + said);
    }
  }

  @Test
  void saysWhatIsWrong_whenTheConfigurationIs() throws Exception {
    HubProcess.Plan plan = plan(HubProcess.freePort(), "heliograph.log.flux", "1.21");
    try (HubProcess hub = HubProcess.launch(plan)) {
      assertThrows(CannotStartException.class, () -> hub.awaitReady(HubProcess.START_DEADLINE));
      assertEquals(Serve.REFUSED, hub.awaitEnd());
      assertTrue(
          said.stream().anyMatch(line -> line.contains("heliograph.log.flux: no such setting")),
          () -> "it said " + said);
    }
  }

  private HubProcess.Plan plan(int port, String... setting) {
    return new HubProcess.Plan(
        Path.of(System.getProperty("hub.war")),
        port,
        data,
        Unlimited.besides(setting.length == 0 ? Map.of() : Map.of(setting[0], setting[1])),
        List.of("-Xmx512m"),
        said::add);
  }

  private BufferedReader read(URI hub) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(hub.resolve("api/v2/streams/events"))
            .header("Accept", "text/event-stream")
            .header("Authorization", "Bearer " + TestCaller.TOKEN)
            .header("Last-Event-ID", "0")
            .build();
    return new BufferedReader(
        new InputStreamReader(
            client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body(),
            StandardCharsets.UTF_8));
  }

  private String publish(URI hub) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(hub.resolve("api/v2/streams/events/events"))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + TestCaller.TOKEN)
            .POST(HttpRequest.BodyPublishers.ofString("{\"type\":\"t\",\"data\":1}"))
            .build();
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    assertEquals(201, response.statusCode(), response.body());
    return response.body().replaceAll("\\D", "");
  }
}
