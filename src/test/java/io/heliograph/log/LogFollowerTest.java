package io.heliograph.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.Event;
import io.heliograph.event.EventId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFollowerTest {
  private static final long DEADLINE_SECONDS = 20;
  private static final Duration NEVER = Duration.ofHours(1);
  private static final Duration AT_ONCE = Duration.ofMillis(1);

  private final ScriptedLog log = new ScriptedLog();
  private final Recorder recorder = new Recorder();
  private final List<Thread> threads = new ArrayList<>();
  private @Nullable LogFollower follower;

  /** A log whose next pages can be replaced. */
  private static final class ScriptedLog extends FakeLog {
    private interface Reading {
      Page page(EventId after, int limit);
    }

    private final BlockingQueue<Reading> script = new LinkedBlockingQueue<>();
    private final CountDownLatch isScriptDone = new CountDownLatch(1);

    @Override
    public Page readAll(EventId after, int limit) {
      Reading next = script.poll();
      if (next != null) {
        return next.page(after, limit);
      }
      isScriptDone.countDown();
      return super.readAll(after, limit);
    }
  }

  /** Writes down what the follower calls, and where {@code applied} stood. */
  private class Recorder implements LogFollower.Listener {
    final BlockingQueue<String> calls = new LinkedBlockingQueue<>();

    @Override
    public void deliver(List<Event> batch, EventId through) {
      calls.add("deliver " + EventLogFixture.data(batch) + " at " + applied());
    }

    @Override
    public void invalidate(EventId through) {
      calls.add("invalidate " + through + " at " + applied());
    }

    @Override
    public void wake(EventId applied) {
      calls.add("wake " + applied + " at " + applied());
    }

    final void expect(String... expected) throws InterruptedException {
      for (String call : expected) {
        assertEquals(call, calls.poll(DEADLINE_SECONDS, TimeUnit.SECONDS));
      }
    }
  }

  private EventId applied() {
    LogFollower current = follower;
    return current == null ? EventId.NONE : current.applied();
  }

  private void follow(EventLog target, LogFollower.Listener listener, Duration poll) {
    LogFollower started =
        new LogFollower(
            target,
            listener,
            task -> {
              Thread thread = new Thread(task, "follower");
              threads.add(thread);
              return thread;
            },
            poll,
            AT_ONCE);
    follower = started;
    started.start();
  }

  @AfterEach
  void closeFollower() {
    if (follower != null) {
      follower.close();
      assertFalse(threads.get(0).isAlive());
    }
  }

  /**
   * Red with {@code applied} set before {@code deliver} (a subscriber that came in between looked
   * into empty rings) and after {@code wake} (who was woken saw nothing new).
   */
  @Test
  void fillsTheRings_thenPublishesApplied_thenWakes() throws Exception {
    log.addSilently(5);
    follow(log, recorder, NEVER);
    assertEquals(new EventId(5), applied());
    log.add(6);
    recorder.expect("deliver [6] at 5", "wake 6 at 6");
    log.addSilently(7);
    log.add(8);
    recorder.expect("deliver [7, 8] at 6", "wake 8 at 8");
  }

  @Test
  void looksForItself_whenNoNewsComes() throws Exception {
    follow(log, recorder, AT_ONCE);
    assertTrue(log.isScriptDone.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
    log.addSilently(1);
    recorder.expect("deliver [1] at 0", "wake 1 at 1");
  }

  /** Red without {@code hasNews}: the reading's own parking used the permit up, 1 never came. */
  @Test
  void newsIsNotLost_whenReadingParks() throws Exception {
    log.script.add(
        (after, limit) -> {
          Page empty = page(after);
          log.add(1);
          LockSupport.parkNanos(1);
          return empty;
        });
    follow(log, recorder, NEVER);
    recorder.expect("deliver [1] at 0", "wake 1 at 1");
  }

  @Test
  void emptyPageMovesAppliedToo() throws Exception {
    log.script.add((after, limit) -> new Page(List.of(), after, new EventId(100)));
    follow(log, recorder, NEVER);
    recorder.expect("wake 100 at 100");
  }

  /** Invariant 2. Red when {@code applied} was moved over it: 2 was lost. */
  @Test
  void neverSkipsANumberThatIsNotThereYet() throws Exception {
    log.addSilently(0);
    log.script.add((after, limit) -> page(after, 1));
    log.script.add((after, limit) -> page(after));
    log.script.add((after, limit) -> page(after));
    log.script.add((after, limit) -> page(after, 2, 3));
    follow(log, recorder, AT_ONCE);
    recorder.expect("deliver [1] at 0", "wake 1 at 1", "deliver [2, 3] at 1", "wake 3 at 3");
  }

  @Test
  void saysOnceThatANumberIsMissing_whenItDoesNotAppear() throws Exception {
    try (LogLines lines = new LogLines(LogFollower.class)) {
      for (int i = 0; i < 100; i++) {
        log.script.add((after, limit) -> page(after));
      }
      log.script.add((after, limit) -> page(after, 1));
      follow(log, recorder, AT_ONCE);
      log.addSilently(2);
      recorder.expect("deliver [1] at 0", "wake 1 at 1", "deliver [2] at 1", "wake 2 at 2");
      assertEquals(1, lines.count(Level.SEVERE));
    }
  }

  private static Page page(EventId after, int... numbers) {
    FakeLog events = new FakeLog();
    for (int number : numbers) {
      events.addSilently(number);
    }
    return events.readAll(after, 100);
  }

  /** Invariant 3. Red without it: rings lacked what was trimmed, and nobody's page said so. */
  @Test
  void ringsAreInvalidated_whenEventsWereTrimmedBeforeTheyWereRead() throws Exception {
    log.script.add(
        (after, limit) -> new Page(page(after, 8, 9).events(), new EventId(7), new EventId(9)));
    follow(log, recorder, NEVER);
    recorder.expect("deliver [8, 9] at 0", "invalidate 9 at 0", "wake 9 at 9");
  }

  @Test
  void appliedStands_whileTheLogIsAway_andGoesOnAfterwards() throws Exception {
    try (LogLines lines = new LogLines(LogFollower.class)) {
      for (int i = 0; i < 10; i++) {
        log.script.add(
            (after, limit) -> {
              throw new LogUnavailableException("away");
            });
      }
      log.script.add((after, limit) -> page(after, 1));
      follow(log, recorder, NEVER);
      recorder.expect("deliver [1] at 0", "wake 1 at 1");
      assertEquals(1, lines.count(Level.WARNING));
      assertEquals(1, lines.count(Level.INFO));
    }
  }

  /** Red when the thread died of it, and when the rings were trusted afterwards. */
  @Test
  void failedDeliveryIsPassedBy_andTheRingsAreInvalidated() throws Exception {
    Recorder failing =
        new Recorder() {
          @Override
          public void deliver(List<Event> batch, EventId through) {
            super.deliver(batch, through);
            if (through.value() < 3) {
              throw new IllegalStateException("poisonous");
            }
          }
        };
    try (LogLines lines = new LogLines(LogFollower.class)) {
      follow(log, failing, NEVER);
      for (int i = 1; i <= 3; i++) {
        log.add(i);
        failing.expect("deliver [" + i + "] at " + (i - 1));
        if (i < 3) {
          failing.expect("invalidate " + i + " at " + (i - 1));
        }
        failing.expect("wake " + i + " at " + i);
      }
      assertEquals(1, lines.count(Level.SEVERE));
    }
  }

  /** Invariant 2, with the real log, four publishers and pages that are read while they publish. */
  @Test
  void deliversInLogOrderWithoutAHole_whatAllPublishersAppend(@TempDir Path directory)
      throws Exception {
    int publishers = 4;
    int each = 500;
    List<EventId> delivered = new ArrayList<>();
    CountDownLatch all = new CountDownLatch(publishers * each);
    LogFollower.Listener listener =
        new LogFollower.Listener() {
          @Override
          public void deliver(List<Event> batch, EventId through) {
            for (Event event : batch) {
              delivered.add(event.id());
              all.countDown();
            }
          }

          @Override
          public void wake(EventId applied) {}
        };
    try (EventLog real = new SqliteEventLog(directory.resolve("log.db"), InstantSource.system());
        Appender appender = new Appender(real, UUID.randomUUID(), 10_000, 64L << 20, Thread::new)) {
      EventId before = real.head();
      follow(real, listener, NEVER);
      List<Thread> running = new ArrayList<>();
      for (int publisher = 0; publisher < publishers; publisher++) {
        Thread thread =
            new Thread(
                () -> {
                  for (int i = 0; i < each; i++) {
                    appender.append(Publication.of(Drafts.numbered("a", i, 1)));
                  }
                });
        running.add(thread);
        thread.start();
      }
      assertTrue(all.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
      for (Thread thread : running) {
        thread.join();
      }
      for (int i = 0; i < delivered.size(); i++) {
        assertEquals(EventLogFixture.plus(before, i + 1), delivered.get(i));
      }
      closeFollower();
    }
  }

  /** Red without the time: who hangs in a read was readable for ever. */
  @Test
  void isNotReadable_whileAReadHangs() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    log.script.add(
        (after, limit) -> {
          hangs.countDown();
          try {
            assertTrue(goOn.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          return new Page(List.of(), after, after);
        });
    follow(log, recorder, AT_ONCE);
    LogFollower started = Objects.requireNonNull(follower);
    assertTrue(hangs.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
    assertTrue(started.isReadable());
    long later = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    assertFalse(started.isReadableAt(later));
    assertTrue(started.isRunning());
    goOn.countDown();
  }

  @Test
  void saysHowFarItIsBehind() throws Exception {
    follow(log, recorder, NEVER);
    log.add(6);
    recorder.expect("deliver [6] at 0", "wake 6 at 6");
    LogFollower started = Objects.requireNonNull(follower);
    assertEquals(0, started.lag());
    log.addSilently(7);
    log.addSilently(8);
    assertEquals(2, started.lag());
  }
}
