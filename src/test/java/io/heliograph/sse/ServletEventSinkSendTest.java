package io.heliograph.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.sse.FakeServletOutput.Reports;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What JAX-RS promises of a sink's {@code send}. */
class ServletEventSinkSendTest extends SinkFixture {
  @Test
  void send_completes_whenItsLastByteWasTaken() {
    output.taking(0);
    ServletEventSink sink = started();
    CompletableFuture<?> sent = sink.send(text("hi")).toCompletableFuture();

    assertFalse(sent.isDone());
    output.open();

    assertTrue(sent.isDone() && !sent.isCompletedExceptionally());
    assertEquals("data: hi\n\n", output.text());
  }

  @Test
  void send_goesBetweenBlocks_neverInto() {
    output.taking(ServletEventSink.WRITE_BYTES);
    String block = "x".repeat(ServletEventSink.WRITE_BYTES + 10);
    source.put(block, "y");
    ServletEventSink sink = started();
    assertFalse(sink.send(text("hi")).toCompletableFuture().isDone());

    output.open();

    assertEquals(block + "data: hi\n\ny", output.text());
  }

  @Test
  void send_keepsItsOrder() {
    ServletEventSink sink = sink();
    List<CompletableFuture<?>> sent = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      sent.add(sink.send(text("" + i)).toCompletableFuture());
    }
    sink.start(source);
    output.runContainer();

    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      expected.append("data: ").append(i).append("\n\n");
    }
    assertEquals(expected.toString(), output.text());
    assertTrue(sent.stream().allMatch(CompletableFuture::isDone));
  }

  @Test
  void send_fails_whenTheConnectionEndsInBetween() {
    output.taking(0);
    ServletEventSink sink = started();
    CompletableFuture<?> sent = sink.send(text("lost")).toCompletableFuture();

    output.breakOff(new IOException("gone"), Reports.BOTH);

    assertLost(sent);
  }

  @Test
  void send_fails_whenTheConnectionEndsHalfWayThroughIt() {
    output.taking(10);
    ServletEventSink sink = started();
    CompletableFuture<?> sent =
        sink.send(text("x".repeat(2 * ServletEventSink.WRITE_BYTES))).toCompletableFuture();

    sink.abort();

    assertLost(sent);
  }

  @Test
  void send_isRefused_afterClose() {
    ServletEventSink sink = started();
    sink.close();

    assertThrows(IllegalStateException.class, () -> sink.send(text("late")));
  }

  @Test
  void send_isRefused_afterTheClientHasGone() {
    ServletEventSink sink = started();
    output.breakOff(new IOException("gone"), Reports.BOTH);

    assertThrows(IllegalStateException.class, () -> sink.send(text("late")));
  }

  @Test
  void send_fails_whenTheOutboxIsFull_andRecoversWhenItIsNot() {
    output.taking(0);
    ServletEventSink sink = started();
    List<CompletableFuture<?>> sent = new ArrayList<>();
    for (int i = 0; i < ServletEventSink.OUTBOX_EVENTS; i++) {
      sent.add(sink.send(text("" + i)).toCompletableFuture());
    }

    assertTrue(sink.send(text("one too many")).toCompletableFuture().isCompletedExceptionally());

    output.open();
    assertTrue(sent.stream().noneMatch(CompletableFuture::isCompletedExceptionally));
    assertFalse(sink.send(text("ok")).toCompletableFuture().isCompletedExceptionally());
  }

  @Test
  void send_fails_whenNothingCanWriteTheData() {
    ServletEventSink sink = started();

    CompletableFuture<?> sent =
        sink.send(new TestEvent(null, null, null, new Object())).toCompletableFuture();

    CompletionException failure = assertThrows(CompletionException.class, sent::join);
    assertInstanceOf(IllegalArgumentException.class, failure.getCause());
    assertFalse(sink.isClosed());
  }
}
