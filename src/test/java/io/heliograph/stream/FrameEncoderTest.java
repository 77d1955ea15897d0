package io.heliograph.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.Event;
import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import io.heliograph.metrics.Ending;
import io.heliograph.metrics.GapReason;
import io.heliograph.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a stream says on the wire, letter by letter as CONTRACT.md, parts 1 and 3, have it. */
class FrameEncoderTest {
  private static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");

  private static final String NAMED = "id: 1886847074304022\nevent: monitor_check\n";

  private static FrameEncoder encoder(String... settings) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      values.put("heliograph.stream.events." + settings[i], settings[i + 1]);
    }
    Settings read = Settings.of(values);
    StreamPolicy policy = StreamPolicies.read(read).require("events");
    read.check();
    return new FrameEncoder(policy);
  }

  private static Event event(String data, @Nullable String tenant, @Nullable String correlationId) {
    return new Event(
        new EventId(1886847074304022L),
        NOW,
        new EventDraft(
            "events",
            List.of("42"),
            tenant,
            null,
            "monitor_check",
            EventData.of(data),
            correlationId,
            false));
  }

  private static String text(byte[] block) {
    return new String(block, StandardCharsets.UTF_8);
  }

  private static String text(FrameEncoder encoder, Event event) {
    return text(encoder.event(event).bytes());
  }

  @Test
  void payload_isTheDataItself() {
    assertEquals(
        "id: 1886847074304022\nevent: monitor_check\ndata: {\"up\" : true}\n\n",
        text(encoder(), event("{\"up\" : true}", "7", "c-1")));
  }

  @Test
  void data_isSplitIntoLines_asItWasPublished() {
    assertEquals(
        "id: 1886847074304022\nevent: monitor_check\ndata: {\ndata:   \"a\": 1\ndata: }\n\n",
        text(encoder(), event("{\r\n  \"a\": 1\n}", null, null)));
  }

  @Test
  void versioned_wraps() {
    FrameEncoder versioned = encoder("envelope", "versioned");

    assertEquals(
        NAMED + "data: {\"schema_version\":1,\"correlation_id\":\"c-1\",\"payload\":{\"a\":1}}\n\n",
        text(versioned, event("{\"a\":1}", "7", "c-1")));
    assertTrue(
        text(versioned, event("1", null, null))
            .contains("{\"schema_version\":1,\"correlation_id\":null,\"payload\":1}"));
  }

  @Test
  void typed_wraps() {
    FrameEncoder typed = encoder("envelope", "typed");

    assertEquals(
        NAMED + "data: {\"type\":\"monitor_check\",\"data\":{\"a\":1},\"tenant_id\":\"7\"}\n\n",
        text(typed, event("{\"a\":1}", "7", null)));
    assertTrue(text(typed, event("1", null, null)).contains("\"tenant_id\":null}"));
  }

  @Test
  void anEnvelope_quotesWhatAPublisherChose() {
    assertTrue(
        text(encoder("envelope", "versioned"), event("1", null, "a\"b\\é"))
            .contains("\"correlation_id\":\"a\\\"b\\\\é\""));
  }

  @Test
  void events_goOutWithoutNames_whereThePolicySaysSo() {
    assertEquals(
        "id: 1886847074304022\ndata: 1\n\n",
        text(encoder("event-names", "false"), event("1", null, null)));
  }

  @Test
  void aRetainedEvent_hasNoId() {
    assertEquals(
        "event: monitor_check\ndata: 1\n\n",
        text(encoder().eventWithoutId(event("1", null, null)).bytes()));
  }

  @Test
  void retry_isJittered() {
    assertEquals("retry: 3000\n\n", text(encoder().retry(1)));
    assertEquals("retry: 2850\n\n", text(encoder().retry(0.95)));
  }

  @Test
  void hello_namesTheConnection() {
    assertEquals(
        "event: hello\ndata: {\"type\":\"hello\",\"connectionId\":\"c\"}\n\n",
        text(encoder().hello("c")));
    assertEquals(
        "data: {\"type\":\"hello\",\"connectionId\":\"c\"}\n\n",
        text(encoder("event-names", "false").hello("c")));
  }

  @Test
  void aGap_saysWhyAndFromWhere_alwaysByName() {
    assertEquals(
        "event: gap\ndata: {\"reason\":\"trimmed\",\"requested\":\"17\",\"resumed_after\":\"20\"}"
            + "\n\n",
        text(encoder("event-names", "false").gap(GapReason.TRIMMED, "17", new EventId(20))));
  }

  @Test
  void aGap_quotesWhatTheClientSent_andCutsIt() {
    String gap = text(encoder().gap(GapReason.UNKNOWN, "a\"\n\rb" + "x".repeat(500), EventId.NONE));

    assertTrue(
        gap.startsWith("event: gap\ndata: {\"reason\":\"unknown\",\"requested\":\"a\\\"\\n\\rb"));
    assertEquals(4, gap.lines().count() + 1);
    assertTrue(gap.length() < 200);
    assertTrue(gap.endsWith("\"resumed_after\":\"0\"}\n\n"));
  }

  @Test
  void anOverflow_saysHowMany() {
    assertEquals(
        "event: error\ndata: {\"error\":\"buffer_overflow\",\"dropped_count\":50}\n\n",
        text(encoder("event-names", "false").overflow(50)));
  }

  @Test
  void aHeartbeat_isACommentAndAnIdIfItMoved() {
    assertEquals(":heartbeat\n\n", text(encoder().heartbeat(null, NOW, 3)));
    assertEquals(":heartbeat\n\nid: 7\n\n", text(encoder().heartbeat(new EventId(7), NOW, 3)));
    assertEquals(":ping\n\n", text(encoder("heartbeat.text", "ping").heartbeat(null, NOW, 3)));
  }

  @Test
  void aHeartbeat_isAnEventWithItsId() {
    FrameEncoder encoder = encoder("heartbeat.as", "event");

    assertEquals(
        "event: heartbeat\ndata: {\"timestamp\":\"2026-11-21T08:00:00Z\",\"status\":\"connected\","
            + "\"connections\":3}\n\n",
        text(encoder.heartbeat(null, NOW, 3)));
    assertTrue(
        text(encoder.heartbeat(new EventId(7), NOW, 3)).startsWith("id: 7\nevent: heartbeat\n"));
  }

  @Test
  void aFarewell_saysWhy() {
    assertEquals(
        "event: bye\ndata: {\"reason\":\"idle_timeout\"}\n\n",
        text(encoder("event-names", "false").farewell(Ending.IDLE_TIMEOUT, Duration.ZERO)));
    assertEquals(
        "event: server_shutdown\ndata: {\"reason\":\"server_shutdown\",\"reconnect_in_ms\":4200}"
            + "\n\n",
        text(encoder().farewell(Ending.SERVER_SHUTDOWN, Duration.ofMillis(4200))));
    assertEquals(
        "event: bye\ndata: {\"reason\":\"server_shutdown\"}\n\n",
        text(encoder("farewell", "bye").farewell(Ending.SERVER_SHUTDOWN, Duration.ofMillis(42))));
    assertEquals(
        "retry: 86400000\n\nevent: bye\ndata: {\"reason\":\"revoked\"}\n\n",
        text(encoder().farewell(Ending.REVOKED, Duration.ZERO)));
    assertEquals(
        "retry: 86400000\n\nevent: bye\ndata: {\"reason\":\"replaced\"}\n\n",
        text(encoder().farewell(Ending.REPLACED, Duration.ZERO)));
  }
}
