package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.heliograph.it.SseClient.End;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One of two nodes is taken out, in each proxy's own way. */
class ProxyDrainIT {
  private static final Map<String, String> SETTINGS = Map.of("trusted-proxies", "127.0.0.1");

  private static TestHub first;
  private static TestHub second;

  private ClientLoop loop;

  @BeforeAll
  static void start() {
    first = TestHub.start("proxied-first", SETTINGS);
    second = TestHub.start("proxied-second", SETTINGS);
  }

  @AfterAll
  static void stop() {
    first.close();
    second.close();
  }

  @BeforeEach
  void startClients() {
    loop = new ClientLoop();
  }

  @AfterEach
  void stopClients() {
    loop.close();
  }

  @ParameterizedTest
  @EnumSource
  void keepsOpenStreams_andSendsNewOnesElsewhere_whenANodeIsTakenOut(ProxyProgram program)
      throws IOException, InterruptedException {
    FrontProxy.assumeInstalled(program);
    try (FrontProxy proxy =
        FrontProxy.start(program, first.door().at("/"), second.door().at("/"))) {
      String place = "events/" + UUID.randomUUID();
      List<SseClient> before = open(proxy, place, 6);
      publishNames(place);
      List<SseClient> old =
          before.stream().filter(client -> client.nextEvent().text().equals("1")).toList();
      // The proxy gives the next to whom has the fewest.
      assertEquals(3, old.size());

      proxy.drainFirstNode();

      // One is not enough: nginx's former workers take some more until they have gone.
      Waiting.until(
          "newcomers go to the second",
          () -> IntStream.range(0, 16).allMatch(newcomer -> goesToSecond(proxy)));
      String other = "events/" + UUID.randomUUID();
      List<SseClient> after = open(proxy, other, 8);
      publishNames(other);
      for (SseClient client : after) {
        assertEquals("2", client.nextEvent().text());
      }
      for (int i = 0; i < 3; i++) {
        long id = first.door().publish(place, "t", "3");
        for (SseClient client : old) {
          assertEquals(id, client.nextEvent().number());
        }
      }

      first.stop();
      for (SseClient client : old) {
        assertEquals("server_shutdown", client.nextEvent().name());
        assertEquals(End.CLEAN, client.awaitEnd());
        assertEquals(1, client.connects());
      }
      for (SseClient client : after) {
        assertFalse(client.isEnded());
      }
      first.startAgain();
    }
  }

  private List<SseClient> open(FrontProxy proxy, String place, int count) {
    List<SseClient> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SseClient client = proxy.door().client(loop, place).connect();
      client.awaitStanding();
      clients.add(client);
    }
    return clients;
  }

  /** Each node says its number: two nodes of this test share no log. */
  private static void publishNames(String place) {
    first.door().publish(place, "t", "1");
    second.door().publish(place, "t", "2");
  }

  private boolean goesToSecond(FrontProxy proxy) {
    String place = "events/" + UUID.randomUUID();
    SseClient client = open(proxy, place, 1).get(0);
    publishNames(place);
    boolean isSecond = client.nextEvent().text().equals("2");
    client.leave();
    return isSecond;
  }
}
