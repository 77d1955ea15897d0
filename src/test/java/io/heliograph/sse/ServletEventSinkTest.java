package io.heliograph.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.sse.FakeServletOutput.Touch;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The sink's state machine from IDLE through OPEN, line by line. */
class ServletEventSinkTest extends SinkFixture {
  @Test
  void touchesNothing_beforeItIsStarted() {
    ServletEventSink sink = sink();

    sink.pump();

    assertEquals(0, output.count(Touch.SET_WRITE_LISTENER));
    assertFalse(sink.isClosed());
  }

  @Test
  void completesTheResponse_whenClosedBeforeItIsStarted() {
    ServletEventSink sink = sink();
    CompletableFuture<?> sent = sink.send(text("lost")).toCompletableFuture();

    sink.close();

    assertTrue(output.isCompleted(), "the request would hang until the container's time-out");
    assertLost(sent);
  }

  @Test
  void endsTheSourceAtOnce_whenStartedAfterItWasClosed() {
    ServletEventSink sink = sink();
    sink.close();

    sink.start(source);

    assertEquals(1, source.endings());
    assertEquals(0, output.count(Touch.SET_WRITE_LISTENER));
  }

  @Test
  void refusesASecondSource() {
    ServletEventSink sink = started();

    assertThrows(IllegalStateException.class, () -> sink.start(new BlockSource()));
    assertEquals(0, source.endings());
  }

  // OPEN.

  @Test
  void waitsForTheFirstWritePossible() {
    source.put("a");
    sink().start(source);

    assertEquals(0, output.count(Touch.IS_READY));

    output.runContainer();
    assertEquals("a", output.text());
  }

  @Test
  void writes_whenWritePossibleComesInsideSetWriteListener() {
    output.callingInsideSetListener();
    source.put("a", "b");

    sink().start(source);

    assertEquals("ab", output.text());
    assertTrue(output.isFlushed());
  }

  @Test
  void writesWhatComesLater_whenPumped() {
    ServletEventSink sink = started();
    source.put("a");

    sink.pump();

    assertEquals("a", output.text());
    assertTrue(output.isFlushed());
  }

  @Test
  void stopsAndGoesOn_asTheSocketTakes() {
    output.taking(1);
    source.put("a", "b", "c");
    started();

    assertEquals("a", output.text());
    output.drain(1);
    assertEquals("ab", output.text());
    output.open();
    assertEquals("abc", output.text());
    assertTrue(output.isFlushed());
  }

  @Test
  void asksForNothingMore_whileTheSocketTakesNothing() {
    output.taking(0);
    source.put("a");
    ServletEventSink sink = started();
    int asked = output.count(Touch.IS_READY);

    sink.pump();
    sink.pump();

    assertEquals(asked, output.count(Touch.IS_READY), "only the callback resumes");
    assertFalse(source.isDrained());
  }

  @Test
  void writesAtMost32KiBBetweenTwoQuestions() {
    String block = "x".repeat(3 * ServletEventSink.WRITE_BYTES + 1);
    source.put(block);
    started();

    assertEquals(4, output.count(Touch.WRITE));
    assertEquals(block, output.text());
  }

  @Test
  void flushesOnce_forManyBlocks() {
    source.put("a", "b", "c");
    started();

    assertEquals(1, output.count(Touch.FLUSH));
  }

  @Test
  void saysHowLongItIsStalled_untilTheSocketTakesAgain() {
    output.taking(0);
    source.put("a");
    ServletEventSink sink = started();
    nanos.addAndGet(Duration.ofSeconds(7).toNanos());

    assertEquals(Duration.ofSeconds(7), sink.stalledFor());

    output.open();
    assertEquals(Duration.ZERO, sink.stalledFor());
  }

  @Test
  void countsAStallAnew_afterEachProgress() {
    output.taking(0);
    source.put("a", "b");
    ServletEventSink sink = started();
    nanos.addAndGet(Duration.ofSeconds(7).toNanos());
    output.drain(1);
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());

    assertEquals(Duration.ofSeconds(2), sink.stalledFor());
  }
}
