package io.heliograph.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.heliograph.event.Event;
import java.io.ByteArrayOutputStream;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events as JSON in UTF-8, their data as the bytes that were published.
 *
 * <p>Ids are strings, as in an SSE {@code id:} line: positions are handed back, not counted with.
 */
final class HistoryJson {
  /** Always to the millisecond, so that times sort as text. */
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter().withZone(ZoneOffset.UTC);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private HistoryJson() {}

  static byte[] page(HistoryPage page) {
    HistoryJson json = new HistoryJson();
    json.raw("{\"events\":[");
    String separator = "";
    for (Event event : page.events()) {
      json.raw(separator);
      json.event(event);
      separator = ",";
    }
    json.raw("],\"next\":").text(page.next().toString()).raw(",\"gap\":");
    json.gap(page.gap());
    json.raw("}");
    return json.out.toByteArray();
  }

  static byte[] one(Event event) {
    HistoryJson json = new HistoryJson();
    json.event(event);
    return json.out.toByteArray();
  }

  private void event(Event event) {
    raw("{\"id\":").text(event.id().toString());
    raw(",\"time\":").text(TIME.format(event.time()));
    raw(",\"stream\":").text(event.stream());
    raw(",\"type\":").text(event.type());
    raw(",\"keys\":");
    texts(event.keys());
    raw(",\"tenant\":").text(event.tenant());
    raw(",\"owner\":").text(event.owner());
    raw(",\"correlation_id\":").text(event.correlationId());
    raw(",\"data\":");
    out.writeBytes(event.data().utf8());
    raw("}");
  }

  private void gap(@Nullable Gap gap) {
    if (gap == null) {
      raw("null");
      return;
    }
    raw("{\"reason\":").text(gap.reason().word());
    raw(",\"requested\":").text(gap.requested());
    raw(",\"resumed_after\":").text(gap.resumedAfter().toString());
    raw("}");
  }

  private void texts(List<String> texts) {
    raw("[");
    String separator = "";
    for (String text : texts) {
      raw(separator).text(text);
      separator = ",";
    }
    raw("]");
  }

  private HistoryJson text(@Nullable String text) {
    return text == null
        ? raw("null")
        : raw("\"").raw(new String(JsonStringEncoder.getInstance().quoteAsString(text))).raw("\"");
  }

  private HistoryJson raw(String json) {
    out.writeBytes(json.getBytes(UTF_8));
    return this;
  }
}
