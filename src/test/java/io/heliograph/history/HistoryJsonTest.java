package io.heliograph.history;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.event.Event;
import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import io.heliograph.metrics.GapReason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryJsonTest {
  private static final Event BARE =
      new Event(
          new EventId(1),
          Instant.parse("2026-11-21T10:00:00Z"),
          new EventDraft("s", List.of(), null, null, "t", EventData.of("1e400"), null, false));
  private static final Event FULL =
      new Event(
          new EventId(2),
          Instant.parse("2026-11-21T10:00:00.120Z"),
          new EventDraft(
              "s",
              List.of("k\"1", "ä😀"),
              "te",
              "ow",
              "t\\y",
              EventData.of("{\"a\" :\t1.10, \"b\":\"\\u00e9é\"}"),
              "co",
              true));

  @Test
  void writesAPage_withDataAsItWasPublished() {
    assertEquals(
        "{\"events\":[{\"id\":\"1\",\"time\":\"2026-11-21T10:00:00.000Z\",\"stream\":\"s\","
            + "\"type\":\"t\",\"keys\":[],\"tenant\":null,\"owner\":null,\"correlation_id\":null,"
            + "\"data\":1e400},"
            + "{\"id\":\"2\",\"time\":\"2026-11-21T10:00:00.120Z\",\"stream\":\"s\","
            + "\"type\":\"t\\\\y\",\"keys\":[\"k\\\"1\",\"ä😀\"],\"tenant\":\"te\","
            + "\"owner\":\"ow\",\"correlation_id\":\"co\","
            + "\"data\":{\"a\" :\t1.10, \"b\":\"\\u00e9é\"}}],\"next\":\"2\",\"gap\":null}",
        text(
            HistoryJson.page(
                new HistoryPage(List.of(BARE, FULL), EventId.NONE, new EventId(2), null, true))));
  }

  @Test
  void writesAGap_whateverWasAskedFor() {
    assertEquals(
        "{\"events\":[],\"next\":\"7\",\"gap\":{\"reason\":\"unknown\","
            + "\"requested\":\"a\\\"\\n\\u0000\",\"resumed_after\":\"7\"}}",
        text(
            HistoryJson.page(
                new HistoryPage(
                    List.of(),
                    new EventId(7),
                    new EventId(7),
                    new Gap(GapReason.UNKNOWN, "a\"\n\u0000", new EventId(7)),
                    true))));
  }

  @Test
  void writesOneEvent() {
    assertEquals('{', HistoryJson.one(BARE)[0]);
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }
}
