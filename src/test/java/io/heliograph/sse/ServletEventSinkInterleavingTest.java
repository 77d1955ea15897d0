package io.heliograph.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.sse.FakeServletOutput.Reports;
import io.heliograph.sse.FakeServletOutput.Touch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Pump against callback against close, send and timer, in thousands of seeded interleavings.
 *
 * <p>Holds the invariants "one writer per connection" and "after a terminal callback nothing
 * touches the response". Seen red with each of these breaks of {@link ServletEventSink}:
 *
 * <ul>
 *   <li>{@code canWrite = false} after {@code isReady()} said no, instead of before it is asked: a
 *       wake-up is lost;
 *   <li>{@code terminate} that returns without waiting for the owner: recycled while inside;
 *   <li>{@code terminate} that waits although it is the owner's own thread: no end;
 *   <li>{@code isReady} that does not look at {@code isTerminal}, where a callback came inside a
 *       call that then returned: a touch after recycling;
 *   <li>{@code complete()} after a cut inside which the callback came;
 *   <li>{@code drain} that sets the counter to zero instead of taking off what it saw: a wake-up is
 *       lost;
 *   <li>a pump that asks {@code isReady()} once for all its writes;
 *   <li>{@code pump} that drives although another thread does: two threads inside.
 * </ul>
 */
class ServletEventSinkInterleavingTest {
  private static final int SCHEDULES = 1_500;

  /** How the connection ends, if it does. */
  enum End {
    NONE,
    CLOSE,
    ABORT,
    CUT,
    BREAK,
    TIME_OUT,
    FAULT,
    FAULT_INSIDE,
    REPORT_INSIDE
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void keepsTheContract_andLosesNoWakeUp_inEveryInterleaving(End end) {
    for (int seed = 0; seed < SCHEDULES; seed++) {
      new Scenario(seed, end).run();
    }
  }

  private static final class Scenario {
    private static final int BLOCKS = 6;
    private static final int SENDS = 3;

    private final SeededSchedule schedule;
    private final Random random;
    private final End end;
    private final FakeServletOutput output;
    private final BlockSource source;
    private final ServletEventSink sink;
    private final List<CompletableFuture<?>> sent = new ArrayList<>();
    private final AtomicInteger running = new AtomicInteger(5);
    private final String name;

    Scenario(int seed, End end) {
      this.schedule = new SeededSchedule(seed);
      this.random = schedule.random();
      this.end = end;
      this.name = end + " seed " + seed;
      this.output = new FakeServletOutput().stepping(schedule::step).taking(random.nextInt(20));
      this.source = new BlockSource().stepping(schedule::step);
      this.sink =
          new ServletEventSink(
              output.async(),
              new OutboundEventEncoder(null),
              System::nanoTime,
              (sink, response) -> {},
              schedule::pass);
      if (random.nextBoolean()) {
        output.callingInsideSetListener();
      }
      if (random.nextBoolean()) {
        output.completingInside();
      }
      if (end == End.CUT) {
        output.cuttable(anyReports());
      }
      Touch[] touches = {Touch.WRITE, Touch.FLUSH, Touch.IS_READY, Touch.SET_WRITE_LISTENER};
      if (end == End.FAULT) {
        output.failing(any(touches), 1 + random.nextInt(3), broken(), anyReports());
      }
      if (end == End.FAULT_INSIDE) {
        output.failingInside(any(touches), 1 + random.nextInt(3), broken(), anyReports());
      }
      if (end == End.REPORT_INSIDE) {
        // One who throws nothing and tells nobody is no fault.
        Reports[] told = {Reports.BOTH, Reports.WRITE_LISTENER, Reports.ASYNC_LISTENER};
        output.reportingInside(any(touches), 1 + random.nextInt(3), broken(), any(told));
      }
    }

    void run() {
      schedule
          .actor("request", () -> acting(() -> sink.start(source)))
          .actor("publisher", () -> acting(this::publish))
          .actor("network", () -> acting(this::drain))
          .actor("application", () -> acting(this::send))
          .actor("ender", () -> acting(this::end))
          .actor("container", this::serve)
          .run();
      output.open();
      output.runContainer();
      check();
    }

    private void acting(Runnable action) {
      schedule.step();
      action.run();
      running.decrementAndGet();
    }

    private void publish() {
      for (int i = 0; i < BLOCKS; i++) {
        source.put("<" + i + ">");
        schedule.step();
        sink.pump();
        schedule.step();
      }
    }

    private void drain() {
      for (int i = 0; i < 4; i++) {
        output.drain(random.nextInt(15));
        sink.stalledFor();
        schedule.step();
      }
    }

    private void send() {
      for (int i = 0; i < SENDS; i++) {
        try {
          sent.add(sink.send(TestEvent.of("s", "" + i)).toCompletableFuture());
        } catch (IllegalStateException closed) {
          assertTrue(sink.isClosed(), name);
        }
        schedule.step();
      }
    }

    private void end() {
      for (int i = random.nextInt(30); i > 0; i--) {
        schedule.step();
      }
      switch (end) {
        case CLOSE -> sink.close();
        case ABORT, CUT -> sink.abort();
        case BREAK -> output.breakOff(broken(), Reports.BOTH);
        case TIME_OUT -> output.timeOut();
        default -> sink.pump();
      }
    }

    private void serve() {
      schedule.await(
          () -> {
            boolean isLast = running.get() == 0;
            return !output.runContainer() && isLast;
          });
    }

    private void check() {
      assertEquals(List.of(), output.violations(), name);
      assertEquals(List.of(), source.violations(), name);
      String blocks = output.text().replaceAll("event: s\ndata: \\d+\n\n", "");
      boolean isOver = source.endings() > 0;
      assertTrue(source.endings() <= 1, name + ": ended " + source.endings() + " times");
      if (!isOver) {
        // Nothing ended it (a fault may never have been reached): then all must be out by now.
        assertTrue(end != End.CLOSE && end != End.ABORT && end != End.CUT, name + ": not ended");
        assertTrue(source.isDrained(), name + ": a wake-up was lost, the source has more");
        assertEquals("<0><1><2><3><4><5>", blocks, name);
        assertEquals(SENDS, sent.size(), name);
        assertTrue(sent.stream().allMatch(CompletableFuture::isDone), name);
        assertTrue(output.isFlushed(), name + ": something waits for a flush");
      } else if (end == End.CLOSE) {
        assertEquals(source.handedOut(), blocks, name);
        assertTrue(output.isCompleted(), name);
        assertTrue(output.isFlushed(), name);
      } else {
        assertTrue(source.handedOut().startsWith(blocks) || blocks.isEmpty(), name);
        assertTrue(output.isRecycled(), name + ": nobody ended the exchange");
      }
      if (isOver) {
        assertTrue(
            sent.stream().allMatch(CompletableFuture::isDone), name + ": a send waits for ever");
        assertTrue(sink.isClosed(), name);
      }
    }

    private Reports anyReports() {
      return any(Reports.values());
    }

    private <T> T any(T[] choices) {
      return choices[random.nextInt(choices.length)];
    }

    private static IOException broken() {
      return new IOException("broken");
    }
  }
}
