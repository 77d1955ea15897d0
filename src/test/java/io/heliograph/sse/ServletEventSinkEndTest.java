package io.heliograph.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.sse.FakeServletOutput.Reports;
import io.heliograph.sse.FakeServletOutput.Touch;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every way in which a connection ends: closed, cut, failed, or told so by the container. */
class ServletEventSinkEndTest extends SinkFixture {
  @Test
  void close_writesWhatWasHandedOut_andAsksTheSourceNoMore() {
    output.taking(ServletEventSink.WRITE_BYTES);
    String block = "x".repeat(ServletEventSink.WRITE_BYTES + 10);
    source.put(block, "never");
    ServletEventSink sink = started();

    sink.close();

    assertFalse(output.isCompleted());
    output.open();
    assertEquals(block, output.text());
    assertTrue(output.isCompleted());
    assertEndedBy(null);
  }

  @Test
  void close_isIdempotent() {
    ServletEventSink sink = started();

    sink.close();
    sink.close();

    assertTrue(sink.isClosed());
    assertEquals(1, output.count(Touch.COMPLETE));
    assertEquals(1, source.endings());
  }

  @Test
  void close_letsASentEventOut() {
    output.taking(0);
    ServletEventSink sink = started();
    CompletableFuture<?> sent = sink.send(text("last")).toCompletableFuture();
    sink.close();

    output.open();

    assertEquals("data: last\n\n", output.text());
    assertTrue(sent.isDone() && !sent.isCompletedExceptionally());
    assertTrue(output.isCompleted());
  }

  @Test
  void close_fromTheSource_writesItsLastBlock() {
    ServletEventSink sink = sink();
    BlockSource last =
        new BlockSource() {
          private boolean isOver;

          @Override
          public boolean next(Chunk chunk) {
            assertFalse(isOver);
            isOver = true;
            chunk.set("bye".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            sink.close();
            return true;
          }
        };
    sink.start(last);
    output.runContainer();

    assertEquals("bye", output.text());
    assertTrue(output.isFlushed());
    assertTrue(output.isCompleted());
    assertEquals(1, last.endings());
  }

  // Abort.

  @Test
  void abort_completesAtOnce_whateverIsUnwritten() {
    output.taking(0);
    source.put("a");
    ServletEventSink sink = started();
    CompletableFuture<?> sent = sink.send(text("lost")).toCompletableFuture();

    sink.abort();

    assertTrue(output.isCompleted());
    assertTrue(sink.isClosed());
    assertLost(sent);
    assertEndedBy(null);
  }

  /** Seen red: {@code complete()} after a cut whose terminal callback came inside the cut. */
  @ParameterizedTest
  @EnumSource(Reports.class)
  void abort_cutsTheConnection_whereTheServerLetsIt(Reports reports) {
    output.cuttable(reports).taking(0);
    ServletEventSink sink = started();

    sink.abort();

    assertTrue(output.wasCut());
    assertEquals(reports == Reports.NONE, output.isCompleted());
    assertEquals(1, source.endings());
  }

  // Failures.

  @ParameterizedTest
  @EnumSource(Reports.class)
  void ends_whenAWriteFails(Reports reports) {
    IOException broken = new IOException("broken pipe");
    output.failing(Touch.WRITE, 2, broken, reports);
    source.put("a", "b", "c");
    started();
    output.runContainer();

    assertEndedBy(broken);
    assertEquals("a", output.text());
    assertTrue(output.isRecycled(), "nobody ended the exchange");
  }

  @ParameterizedTest
  @EnumSource(Reports.class)
  void ends_whenAWriteFails_andReportsInside(Reports reports) {
    IOException broken = new IOException("broken pipe");
    output.failingInside(Touch.WRITE, 1, broken, reports);
    source.put("a");
    ServletEventSink sink = started();

    assertEndedBy(broken);
    assertTrue(sink.isClosed());
    assertTrue(output.isRecycled(), "nobody ended the exchange");
  }

  @ParameterizedTest
  @EnumSource(
      value = Touch.class,
      names = {"SET_WRITE_LISTENER", "IS_READY", "FLUSH"})
  void ends_whenAnyOtherTouchFails(Touch touch) {
    output.failing(touch, 1, new IllegalStateException("broken"), Reports.BOTH);
    source.put("a");
    started();
    output.runContainer();

    assertEquals(1, source.endings());
    assertNotNull(source.failure());
    assertTrue(output.isRecycled());
  }

  @Test
  void ends_whenTheSourceThrows() {
    RuntimeException bug = new IllegalArgumentException("bug");
    sink()
        .start(
            new ServletEventSink.Source() {
              @Override
              public boolean next(Chunk chunk) {
                throw bug;
              }

              @Override
              public void ended(@Nullable Throwable failure) {
                source.ended(failure);
              }
            });
    output.runContainer();

    assertEndedBy(bug);
    assertTrue(output.isCompleted());
  }

  /** Seen red: {@code complete()} was called a second time, on a recycled context. */
  @Test
  void touchesNothingMore_whenTheSourceThrowsAtItsEnd() {
    source.stepping(
        () -> {
          if (source.endings() > 0) {
            throw new IllegalStateException("a listener's bug");
          }
        });
    ServletEventSink sink = started();

    sink.close();

    assertEquals(1, output.count(Touch.COMPLETE));
  }

  /** Seen red: likewise, an Error was not kept from the sink. */
  @Test
  void touchesNothingMore_whenTheSourceMeetsAnErrorAtItsEnd() {
    source.stepping(
        () -> {
          if (source.endings() > 0) {
            throw new NoClassDefFoundError("of an application that was undeployed");
          }
        });
    ServletEventSink sink = started();

    sink.close();

    assertEquals(1, output.count(Touch.COMPLETE));
  }

  /** Seen red: an Error left the work counter raised, and the connection was stuck for ever. */
  @Test
  void ends_whenTheSourceMeetsAnError() {
    BlockSource failing =
        new BlockSource() {
          @Override
          public boolean next(Chunk chunk) {
            throw new StackOverflowError("too deep");
          }
        };
    sink().start(failing);
    output.runContainer();

    assertInstanceOf(StackOverflowError.class, failing.failure());
    assertTrue(output.isCompleted());
  }

  @Test
  void survivesACompleteThatFails() {
    output.failing(Touch.COMPLETE, 1, new IllegalStateException("over already"), Reports.NONE);
    ServletEventSink sink = started();

    sink.close();

    assertEndedBy(null);
  }

  // Terminal callbacks.

  @ParameterizedTest
  @EnumSource(
      value = Reports.class,
      names = {"NONE"},
      mode = EnumSource.Mode.EXCLUDE)
  void ends_whenTheContainerReportsAnError(Reports reports) {
    IOException gone = new IOException("gone");
    ServletEventSink sink = started();

    output.breakOff(gone, reports);
    sink.pump();
    sink.close();
    sink.abort();

    assertEndedBy(gone);
    assertFalse(output.isCompleted(), "the container ends what it reported");
  }

  /** One that has to wait before it begins, and whose client goes meanwhile. */
  @ParameterizedTest
  @EnumSource(
      value = Reports.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NONE", "WRITE_LISTENER"})
  void endsTheSourceAtOnce_whenTheContainerEndedItBefore(Reports reports) {
    IOException gone = new IOException("gone");
    ServletEventSink sink = sink();
    output.breakOff(gone, reports);
    output.runContainer();

    assertTrue(sink.isClosed());
    sink.start(source);
    assertEndedBy(gone);
    assertEquals(0, output.count(Touch.SET_WRITE_LISTENER));
  }

  @Test
  void ends_whenTheContainerTimesOut() {
    started();

    output.timeOut();

    assertInstanceOf(IOException.class, source.failure());
  }

  /** Seen red: {@code terminate} that does not wait for the owner. */
  @Test
  void aTerminalCallback_returnsOnlyWhenTheOwnerHasLeft() throws Exception {
    CountDownLatch isInside = new CountDownLatch(1);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    source.stepping(
        () -> {
          isInside.countDown();
          await(mayGoOn);
        });
    ServletEventSink sink = sink();
    sink.start(source);
    Thread owner = new Thread(output::runContainer);
    owner.start();
    await(isInside);
    AtomicBoolean hasReturned = new AtomicBoolean();
    CountDownLatch isWaiting = new CountDownLatch(1);
    Thread callback =
        new Thread(
            () -> {
              isWaiting.countDown();
              output.breakOff(new IOException("gone"), Reports.BOTH);
              hasReturned.set(true);
            });
    callback.start();
    await(isWaiting);
    while (!sink.isClosed()) {
      Thread.onSpinWait();
    }

    assertFalse(hasReturned.get());
    assertFalse(output.isRecycled());
    mayGoOn.countDown();
    callback.join(5_000);
    owner.join(5_000);
    assertTrue(hasReturned.get());
    assertEquals(1, source.endings());
  }

  @Test
  void keepsNothing_afterItsEnd() {
    source.put("a");
    ServletEventSink sink = started();
    sink.close();

    assertEquals(Duration.ZERO, sink.stalledFor());
    source.put("b");
    sink.pump();
    assertEquals("a", output.text());
  }
}
