package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.SseClient.End;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A node that is told to stop. */
class FarewellIT {
  private static final Pattern FAREWELL =
      Pattern.compile("\\{\"reason\":\"server_shutdown\",\"reconnect_in_ms\":([0-9]+)}");

  @Test
  void tellsEverybodyWhenToComeBack_spreadOverTheWindow_andEnds() throws InterruptedException {
    try (TestHub hub =
            TestHub.start(
                "farewell",
                Map.of(
                    "streams", "own,jobs",
                    "drain.window", "7s",
                    "stream.own.farewell", "closing",
                    "stream.own.event-names", "false",
                    "stream.jobs.farewell", "bye"));
        ClientLoop loop = new ClientLoop()) {
      List<SseClient> clients =
          IntStream.range(0, 30)
              .mapToObj(i -> hub.door().client(loop, "events").connect())
              .toList();
      SseClient own = hub.door().client(loop, "own").connect();
      SseClient jobs = hub.door().client(loop, "jobs").connect();
      SseClient deaf = hub.door().client(loop, "events").connect();
      clients.forEach(SseClient::awaitStanding);
      List.of(own, jobs, deaf).forEach(SseClient::awaitStanding);
      long last = hub.door().publish("events", "t", "1");
      deaf.stopReading();
      long begun = System.nanoTime();
      int status = hub.stop();
      Duration took = Duration.ofNanos(System.nanoTime() - begun);

      assertEquals(0, status);
      // 5 s for the farewell; the rest is the server's own stopping, on a busy machine.
      assertTrue(took.compareTo(Duration.ofSeconds(20)) < 0, "it took " + took);
      Set<Integer> delays = new HashSet<>();
      for (SseClient client : clients) {
        assertEquals(last, client.nextEvent().number());
        Block farewell = client.nextEvent();
        assertEquals("server_shutdown", farewell.name());
        Matcher matcher = FAREWELL.matcher(farewell.text());
        assertTrue(matcher.matches(), farewell.text());
        delays.add(Integer.parseInt(matcher.group(1)));
        assertEquals(End.CLEAN, client.awaitEnd());
      }
      assertTrue(delays.stream().allMatch(delay -> delay >= 0 && delay <= 7000), "" + delays);
      assertTrue(delays.size() > 15, "they all come back together: " + delays);
      assertEquals("closing", own.nextEvent().name());
      assertEquals(
          "[event: bye][data: {\"reason\":\"server_shutdown\"}]", jobs.nextEvent().toString());

      hub.startAgain();
      SseClient back = clients.get(0).connect();
      assertEquals(last, back.awaitStanding());
      long next = hub.door().publish("events", "t", "2");
      assertEquals(next, back.nextEvent().number());
    }
  }

  @Test
  void answersThoseWhoWaitForAnEvent() throws IOException, InterruptedException {
    try (TestHub hub = TestHub.start("farewell-polls", Map.of())) {
      List<RawExchange> waiting = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        RawExchange exchange = new RawExchange(hub.door().at(""));
        exchange.send(
            "GET /api/v2/streams/events/events?wait=60s HTTP/1.1\r\n"
                + RawExchange.CALLER
                + "\r\n");
        waiting.add(exchange);
      }
      hub.door().get("api/v2/streams/events/events?wait=1s");
      long begun = System.nanoTime();
      hub.stop();
      Duration took = Duration.ofNanos(System.nanoTime() - begun);

      assertTrue(took.compareTo(Duration.ofSeconds(20)) < 0, "it took " + took);
      for (RawExchange exchange : waiting) {
        assertEquals(200, exchange.status());
        assertTrue(exchange.body().startsWith("{\"events\":[],"), exchange.body());
        exchange.close();
      }
    }
  }
}
