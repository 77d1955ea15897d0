package io.heliograph.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A sink over a fake container, with what its tests have in common. */
abstract class SinkFixture {
  final FakeServletOutput output = new FakeServletOutput();
  final BlockSource source = new BlockSource();
  final AtomicLong nanos = new AtomicLong(1_000_000_000L);

  @AfterEach
  void keepsTheServletContract() {
    assertEquals(List.of(), output.violations());
    assertEquals(List.of(), source.violations());
    assertTrue(source.endings() <= 1, "ended() more than once");
  }

  final void assertEndedBy(@Nullable Throwable failure) {
    assertEquals(1, source.endings());
    if (failure == null) {
      assertNull(source.failure());
    } else {
      assertSame(failure, source.failure());
    }
  }

  static void assertLost(CompletableFuture<?> sent) {
    CompletionException failure = assertThrows(CompletionException.class, sent::join);
    assertInstanceOf(IllegalStateException.class, failure.getCause());
  }

  static TestEvent text(String data) {
    return new TestEvent(null, null, null, data);
  }

  final ServletEventSink sink() {
    return new ServletEventSink(
        output.async(), new OutboundEventEncoder(null), nanos::get, (sink, response) -> {});
  }

  final ServletEventSink started() {
    ServletEventSink sink = sink();
    sink.start(source);
    output.runContainer();
    return sink;
  }

  static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(5, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
