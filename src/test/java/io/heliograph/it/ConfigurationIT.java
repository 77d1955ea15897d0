package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.embedded.CannotStartException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The configuration at start. */
class ConfigurationIT {
  @Test
  void twoLinesMakeAStream() {
    Map<String, String> twoLines =
        Map.of("streams", "orders", "stream.orders.envelope", "versioned");
    try (TestHub hub = TestHub.start("two-lines", twoLines);
        ClientLoop loop = new ClientLoop()) {
      assertEquals(
          "{\"streams\":[\"events\",\"orders\"]}", hub.door().get("api/v2/streams").body());
      SseClient client = hub.door().client(loop, "orders").connect();
      client.awaitStanding();
      hub.door().publish("orders", "paid", "42");
      assertEquals(
          "{\"schema_version\":1,\"correlation_id\":null,\"payload\":42}",
          client.nextEvent().text());
    }
  }

  @Test
  void everythingWrongIsSaidInOneMessage_andTheHubDoesNotStart() {
    Map<String, String> wrong =
        Map.of(
            "streams", "orders,Orders",
            "stream.orders.eventNames", "false",
            "stream.orders.heartbeat.every", "soon",
            "stream.orders.buffer.events", "0",
            "stream.stranger.retry", "3s",
            "stream.orders.idle-timeout", "10ms",
            "dran.window", "3s",
            "drain.window", "for ever");
    CannotStartException refusal =
        assertThrows(
            CannotStartException.class, () -> TestHub.start("wrong-configuration", wrong).close());
    String message = String.valueOf(refusal.getMessage());
    for (String said :
        new String[] {
          "'Orders'",
          "heliograph.stream.orders.eventNames",
          "did you mean heliograph.stream.orders.event-names",
          "'soon'",
          "heliograph.stream.orders.buffer.events",
          "'stranger'",
          "heliograph.stream.orders.idle-timeout",
          "heliograph.dran.window",
          "'for ever'"
        }) {
      assertTrue(message.contains(said), said + " is not said in: " + message);
    }
  }
}
