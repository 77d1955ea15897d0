package io.heliograph.stream;

import static io.heliograph.stream.TestHub.ALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.EventId;
import io.heliograph.metrics.GapReason;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseEventSink;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sinks that are not the hub's own, such as the container's. */
class ForeignSinkTest {
  private final TestHub hub = new TestHub("heartbeat.every", "15s");
  private final Channel channel = hub.registry.channel(ALL);
  private final List<SseEventSink> closed = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();

  @AfterEach
  void keepsTheServletContract() {
    hub.close();
  }

  private static List<String> texts(List<EventId> ids) {
    return ids.stream().map(EventId::toString).toList();
  }

  private ForeignSink registerForeign() {
    ForeignSink sink = new ForeignSink();
    channel.register(sink);
    hub.settle();
    return sink;
  }

  private void listen() {
    channel.onClose(closed::add);
    channel.onError((sink, failure) -> failures.add(failure));
  }

  @Test
  void getsWhatIsPublishedFromNowOn() {
    hub.publish();
    ForeignSink sink = registerForeign();
    List<EventId> published = hub.publishMany(200);
    hub.settle();

    assertEquals(texts(published), sink.ids());
    assertEquals("t", sink.got.get(0).getName());
    assertEquals("{\"n\":2}", sink.got.get(0).getData());
  }

  @Test
  void isNeverServedOnTheFollowersThread() {
    ForeignSink sink = registerForeign();
    hub.publish();
    assertEquals(0, sink.got.size());
    hub.settle();

    assertEquals(1, sink.got.size());
  }

  /** Seen red: after the log was back it waited for the next event to be published. */
  @Test
  void getsAll_whenTheLogWasOutOfReachMeanwhile() {
    ForeignSink sink = registerForeign();
    List<EventId> published = hub.appendMany(3);
    hub.follow();
    hub.log.setUnavailable(true);
    hub.settle();
    hub.pass(Duration.ofSeconds(3));
    hub.settle();
    hub.log.setUnavailable(false);
    hub.pass(Duration.ofSeconds(2));
    hub.settle();

    assertEquals(texts(published), sink.ids());
    assertFalse(sink.isClosed());
  }

  /** Seen red: a sink that threw something else stayed attached for ever, and was never served. */
  @Test
  void thatFails_isReportedClosedAndForgotten() {
    listen();
    List<ForeignSink> sinks = List.of(registerForeign(), registerForeign(), registerForeign());
    sinks.get(0).refusal = new IllegalStateException("closed by its client");
    sinks.get(1).refusal = new UnsupportedOperationException("a bug of the container");
    sinks.get(2).failure = new IOException("broken pipe");
    hub.publish();
    hub.settle();

    assertEquals(3, failures.size());
    assertEquals(3, closed.size());
    assertTrue(sinks.stream().allMatch(ForeignSink::isClosed));
    assertEquals(0, channel.attached());
  }

  @Test
  void thatWasClosedByItsOwner_isForgotten() {
    listen();
    ForeignSink sink = registerForeign();
    sink.close();
    hub.publish();
    hub.settle();

    assertEquals(0, sink.got.size());
    assertEquals(List.of(sink), closed);
    assertEquals(List.of(), failures);
    assertEquals(0, channel.attached());
  }

  /** Seen red: it was given later ids, and nobody said that earlier ones were missing. */
  @Test
  void isToldOfAGap_whenWhatItReadsWasTrimmed() {
    ForeignSink sink = registerForeign();
    List<EventId> published = hub.appendMany(10);
    hub.log.trim("s", published.get(5));
    hub.follow();
    hub.settle();

    OutboundSseEvent gap = sink.got.get(0);
    assertEquals("gap", gap.getName());
    assertTrue(String.valueOf(gap.getData()).contains("\"trimmed\""), "" + gap.getData());
    assertEquals(texts(published.subList(6, 10)), sink.ids().subList(1, 5));
    assertEquals(1, hub.metrics.gaps(GapReason.TRIMMED));
  }

  /** Seen red: raw data under the type, whatever the policy said. */
  @Test
  void getsEventsAsTheStreamsPolicyWantsThem() {
    TestHub typed = new TestHub("envelope", "typed", "event-names", "false");
    ForeignSink sink = new ForeignSink();
    typed.registry.channel(ALL).register(sink);
    typed.settle();
    typed.publish();
    typed.settle();

    assertNull(sink.got.get(0).getName());
    assertEquals(
        "{\"type\":\"t\",\"data\":{\"n\":1},\"tenant_id\":null}", sink.got.get(0).getData());
    typed.close();
  }

  /** Seen red: onClose was told by the closing and again by the reader that met the closed sink. */
  @Test
  void isToldClosedOnce_whenTheBroadcasterClosesWhileItIsGivenAPage() {
    listen();
    ForeignSink sink = registerForeign();
    sink.whenGiven = channel::close;
    hub.publishMany(3);
    hub.settle();

    assertEquals(1, sink.got.size());
    assertEquals(List.of(sink), closed);
    assertEquals(List.of(), failures);
  }

  /** Seen red: up to a page went on to it after {@code close(false)} had returned. */
  @Test
  void getsNothingMore_afterItWasReleased() {
    ForeignSink sink = registerForeign();
    sink.whenGiven = () -> channel.close(false);
    hub.publishMany(3);
    hub.settle();

    assertEquals(1, sink.got.size());
    assertFalse(sink.isClosed());
  }

  /** Seen red: it stayed open, told nothing, when the node had stopped. */
  @Test
  void isClosed_whenTheNodeStops() {
    listen();
    ForeignSink sink = registerForeign();
    hub.registry.close();

    assertTrue(sink.isClosed());
    assertEquals(List.of(sink), closed);
  }
}
