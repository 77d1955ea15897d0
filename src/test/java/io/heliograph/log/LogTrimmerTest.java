package io.heliograph.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogTrimmerTest {
  private static final long DEADLINE_SECONDS = 20;
  private static final Duration EVERY = Duration.ofSeconds(10);

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final TrimmedLog log = new TrimmedLog();
  private final Appender appender =
      new Appender(log, UUID.randomUUID(), 1_000, 64L << 20, Thread::new);
  private List<TrimRule> rules = List.of(rule("a"), rule("b"), rule("c"));
  private final LogTrimmer trimmer = new LogTrimmer(appender, () -> rules, EVERY, nanos::get);

  private static final class TrimmedLog extends FakeLog {
    private final List<String> slices = Collections.synchronizedList(new ArrayList<>());
    private final Semaphore mayTrim = new Semaphore(0);
    private final AtomicInteger excessOfB = new AtomicInteger(2_500);
    private volatile boolean isAway;

    @Override
    public int trim(TrimRule rule, int slice) {
      try {
        assertTrue(mayTrim.tryAcquire(DEADLINE_SECONDS, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      if (isAway) {
        slices.add("failed");
        throw new LogUnavailableException("away");
      }
      int removed = rule.stream().equals("b") ? Math.min(slice, excessOfB.get()) : 0;
      if (removed > 0) {
        excessOfB.addAndGet(-removed);
      }
      slices.add(rule.stream() + " " + removed);
      return removed;
    }
  }

  private void advance(Duration duration) {
    nanos.addAndGet(duration.toNanos());
  }

  private static TrimRule rule(String stream) {
    return new TrimRule(stream, Duration.ZERO, 1);
  }

  @AfterEach
  void closeAppender() {
    log.mayTrim.release(1_000);
    appender.close();
  }

  /** Returns when everything asked for before was done on the appending thread. */
  private void settle() throws Exception {
    log.mayTrim.release(100);
    for (int i = 0; i < 10; i++) {
      CountDownLatch done = new CountDownLatch(1);
      appender
          .append(Publication.of(Drafts.numbered("a", 1, 1)))
          .whenComplete((receipt, e) -> done.countDown());
      assertTrue(done.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
    }
    log.mayTrim.drainPermits();
  }

  @Test
  void roundTrimsEachRule_sliceBySlice_untilNothingIsLeft() throws Exception {
    trimmer.tick();
    settle();
    assertEquals(List.of("a 0", "b 1000", "b 1000", "b 500", "c 0"), log.slices);
  }

  @Test
  void roundsAreSoFarApart() throws Exception {
    rules = List.of(rule("a"));
    trimmer.tick();
    settle();
    advance(EVERY.minusMillis(1));
    trimmer.tick();
    settle();
    assertEquals(1, log.slices.size());
    advance(Duration.ofMillis(1));
    trimmer.tick();
    settle();
    assertEquals(2, log.slices.size());
  }

  /** Red without the flag: each tick queued another round behind a log that did not answer. */
  @Test
  void ticksReturnAndAddNothing_whileARoundIsUnderWay() throws Exception {
    rules = List.of(rule("a"));
    for (int i = 0; i < 5; i++) {
      trimmer.tick();
      advance(EVERY);
    }
    settle();
    assertEquals(List.of("a 0"), log.slices);
    trimmer.tick();
    settle();
    assertEquals(2, log.slices.size());
  }

  @Test
  void failedRoundEnds_andTheNextBeginsAnew() throws Exception {
    log.isAway = true;
    trimmer.tick();
    settle();
    assertEquals(List.of("failed"), log.slices);
    log.isAway = false;
    advance(EVERY);
    trimmer.tick();
    settle();
    assertEquals(6, log.slices.size());
  }
}
