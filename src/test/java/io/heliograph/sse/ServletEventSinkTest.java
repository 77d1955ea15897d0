package io.heliograph.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.sse.FakeServletOutput.Reports;
import io.heliograph.sse.FakeServletOutput.Touch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each line of the sink's state machine, and what JAX-RS promises of a sink. */
class ServletEventSinkTest {
  private final FakeServletOutput output = new FakeServletOutput();
  private final BlockSource source = new BlockSource();
  private final AtomicLong nanos = new AtomicLong(1_000_000_000L);

  @AfterEach
  void keepsTheServletContract() {
    assertEquals(List.of(), output.violations());
    assertEquals(List.of(), source.violations());
    assertTrue(source.endings() <= 1, "ended() more than once");
  }

  // IDLE.

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

  // Close.

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
      names = {"SET_TIMEOUT", "ADD_LISTENER", "SET_WRITE_LISTENER", "IS_READY", "FLUSH"})
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

  // Send, as JAX-RS has it.

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

  private void assertEndedBy(@Nullable Throwable failure) {
    assertEquals(1, source.endings());
    if (failure == null) {
      assertNull(source.failure());
    } else {
      assertSame(failure, source.failure());
    }
  }

  private static void assertLost(CompletableFuture<?> sent) {
    CompletionException failure = assertThrows(CompletionException.class, sent::join);
    assertInstanceOf(IllegalStateException.class, failure.getCause());
  }

  private static TestEvent text(String data) {
    return new TestEvent(null, null, null, data);
  }

  private ServletEventSink sink() {
    return new ServletEventSink(output.async(), new OutboundEventEncoder(null), nanos::get);
  }

  private ServletEventSink started() {
    ServletEventSink sink = sink();
    sink.start(source);
    output.runContainer();
    return sink;
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(5, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
