package io.heliograph.stream;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.heliograph.event.Event;
import io.heliograph.event.EventId;
import io.heliograph.metrics.Ending;
import io.heliograph.metrics.GapReason;
import io.heliograph.sse.Frame;
import io.heliograph.sse.LogEvent;
import io.heliograph.sse.SseEncoder;
import io.heliograph.stream.StreamPolicy.HeartbeatForm;
import jakarta.ws.rs.sse.OutboundSseEvent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one stream says on the wire, as its policy wants it: events in their envelope, and the hub's
 * own blocks. Any thread.
 */
final class FrameEncoder {
  /** So long does a client stay away that is not wanted back: a day. */
  private static final Duration STAY_AWAY = Duration.ofDays(1);

  /** Characters of a client's own position that are said back to it. */
  private static final int QUOTED_LIMIT = 64;

  /** The farewell that promises nothing: whoever is told it stays away until a person asks. */
  private static final String PLAIN_FAREWELL = "bye";

  private static final String GAP = "gap";

  private final StreamPolicy policy;

  FrameEncoder(StreamPolicy policy) {
    this.policy = policy;
  }

  Frame event(Event event) {
    return new Frame(event.id(), bytes(event.id(), event));
  }

  /** An event that leaves the client's position alone: a retained one. */
  Frame eventWithoutId(Event event) {
    return new Frame(event.id(), bytes(null, event));
  }

  /** An event for a sink that is not the hub's own. */
  OutboundSseEvent logEvent(Event event) {
    return new LogEvent(
        event.id().toString(), name(event), new String(enveloped(event), StandardCharsets.UTF_8));
  }

  private byte[] bytes(@Nullable EventId id, Event event) {
    return SseEncoder.event(id, name(event), enveloped(event));
  }

  private @Nullable String name(Event event) {
    return policy.hasEventNames() ? event.type() : null;
  }

  private byte[] enveloped(Event event) {
    byte[] data = event.data().utf8();
    return switch (policy.envelope()) {
      case PAYLOAD -> data;
      case VERSIONED ->
          joined(
              "{\"schema_version\":1,\"correlation_id\":" + quoted(event.correlationId()),
              ",\"payload\":",
              data,
              "}");
      case TYPED ->
          joined(
              "{\"type\":" + quoted(event.type()),
              ",\"data\":",
              data,
              ",\"tenant_id\":" + quoted(event.tenant()) + "}");
    };
  }

  /**
   * The first block: when to come back, and hello where the policy asks for it.
   *
   * @param jitter what the reconnect delay is multiplied with
   */
  byte[] opening(double jitter, String connectionId) {
    return policy.saysHello() ? joined(retry(jitter), hello(connectionId)) : retry(jitter);
  }

  byte[] retry(double jitter) {
    return SseEncoder.retry(Duration.ofMillis(Math.round(policy.retry().toMillis() * jitter)));
  }

  byte[] hello(String connectionId) {
    return SseEncoder.event(
        null,
        policy.hasEventNames() ? "hello" : null,
        "{\"type\":\"hello\",\"connectionId\":" + quoted(connectionId) + "}");
  }

  byte[] gap(GapReason reason, String requested, EventId resumedAfter) {
    return SseEncoder.event(null, GAP, gapData(reason, requested, resumedAfter));
  }

  /** A gap for a sink that is not the hub's own. */
  OutboundSseEvent trimmedGap(EventId requested, EventId resumedAfter) {
    return new LogEvent(null, GAP, gapData(GapReason.TRIMMED, requested.toString(), resumedAfter));
  }

  private static String gapData(GapReason reason, String requested, EventId resumedAfter) {
    String seen =
        requested.length() <= QUOTED_LIMIT ? requested : requested.substring(0, QUOTED_LIMIT);
    return "{\"reason\":\""
        + reason.word()
        + "\",\"requested\":"
        + quoted(seen)
        + ",\"resumed_after\":\""
        + resumedAfter
        + "\"}";
  }

  byte[] overflow(long dropped) {
    return SseEncoder.event(
        null, "error", "{\"error\":\"buffer_overflow\",\"dropped_count\":" + dropped + "}");
  }

  /**
   * A heartbeat.
   *
   * @param moved where the connection stands, if it moved unseen; else null
   */
  byte[] heartbeat(@Nullable EventId moved, Instant now, long connections) {
    if (policy.heartbeatForm() == HeartbeatForm.EVENT) {
      return SseEncoder.event(
          moved,
          "heartbeat",
          "{\"timestamp\":\""
              + now
              + "\",\"status\":\"connected\",\"connections\":"
              + connections
              + "}");
    }
    byte[] comment = SseEncoder.comment(policy.heartbeatText());
    return moved == null ? comment : joined(comment, SseEncoder.id(moved));
  }

  /**
   * The last block of a connection.
   *
   * @param reconnectIn when the client is wanted back after a shutdown
   */
  byte[] farewell(Ending ending, Duration reconnectIn) {
    String reason = "{\"reason\":\"" + ending.word() + "\"";
    return switch (ending) {
      case SERVER_SHUTDOWN ->
          SseEncoder.event(
              null,
              policy.farewell(),
              policy.farewell().equals(PLAIN_FAREWELL)
                  ? reason + "}"
                  : reason + ",\"reconnect_in_ms\":" + reconnectIn.toMillis() + "}");
      case REPLACED, REVOKED ->
          joined(SseEncoder.retry(STAY_AWAY), SseEncoder.event(null, "bye", reason + "}"));
      default -> SseEncoder.event(null, "bye", reason + "}");
    };
  }

  private static String quoted(@Nullable String text) {
    return text == null
        ? "null"
        : "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
  }

  /** Joins texts and bytes. */
  private static byte[] joined(Object... parts) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream(256);
    for (Object part : parts) {
      whole.writeBytes(
          part instanceof byte[] bytes ? bytes : part.toString().getBytes(StandardCharsets.UTF_8));
    }
    return whole.toByteArray();
  }
}
