package io.heliograph.log;

import io.heliograph.event.Event;
import io.heliograph.event.EventId;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/**
 * This node's one reader of the log, in order; owner of {@link #applied}, the position up to which
 * every event is in this node's rings.
 *
 * <p><b>Order.</b> For each page: {@link Listener#deliver} puts its events into every ring, then
 * {@code applied} is published (a volatile write, so whoever reads it finds the rings filled up to
 * it), then {@link Listener#wake} tells who waits. A subscription that registers before it reads
 * {@code applied} therefore either finds an event in its ring or is woken for it.
 *
 * <p><b>Never skip.</b> {@code applied} goes to {@link Page#through} and nowhere else. A number
 * that was given and is not there is either trimmed, then the page's {@code from} says so, or not
 * visible yet, then the page ends before it and is read again. SQLite shows no such hole, but
 * nothing in here takes this node for the only one.
 *
 * <p><b>Failing.</b> Without the log {@code applied} stands and reading is tried again with longer
 * pauses. A listener that throws while it delivers is told to {@link Listener#invalidate} and
 * passed by: one poisonous event must not end delivery for all, nor leave rings that only seem
 * complete.
 *
 * <p><b>Threads.</b> One, its own. {@link EventLog#follow} unparks it; a look each second stands
 * behind that, for news may be lost between nodes. {@link #hasNews} is set before the unparking,
 * because the log may park this thread for reasons of its own and use the permit up.
 */
public final class LogFollower implements AutoCloseable {
  /**
   * Events read at a time: enough to make one wake-up serve many, few enough to be in one cache.
   */
  static final int PAGE_EVENTS = 512;

  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration RETRY_AT_FIRST = Duration.ofMillis(100);
  private static final Duration RETRY_AT_MOST = Duration.ofSeconds(5);

  /** Its share of the 5 s that a stopping node has. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(500);

  /** One line in so many failures after the first: every five minutes at the longest pause. */
  private static final int FAILURES_A_LINE = 60;

  /**
   * So many fruitless looks, each a second or an append after the one before, are no longer a
   * commit that is about to show.
   */
  private static final int READS_BEFORE_ALARM = 30;

  private static final System.Logger LOG = System.getLogger(LogFollower.class.getName());

  /**
   * A read that takes longer does not come back; longer than the log's own waiting, and than the
   * longest poll.
   */
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(10);

  /** Who is told what happened. All calls come from the follower's thread, one after another. */
  public interface Listener {
    /**
     * Puts {@code batch} into every ring, before anyone is told. In log order, never empty.
     *
     * @param through where the page ends; becomes {@code applied} when this returns
     */
    void deliver(List<Event> batch, EventId through);

    /**
     * Wakes whoever waits for events up to {@code applied}. May block until workers of this node
     * are done with the rings, but never for a socket.
     */
    void wake(EventId applied);

    /**
     * What the rings hold up to {@code through} is not all there was: events were trimmed before
     * this node read them, or {@link #deliver} failed. Who stands before it must read from the log,
     * which says what is lost. {@link #wake} follows.
     */
    default void invalidate(EventId through) {}
  }

  private final EventLog log;
  private final Listener listener;
  private final long pollNanos;
  private final long retryNanosAtFirst;
  private final Thread thread;

  private volatile EventId applied;
  private volatile boolean hasNews;
  private volatile boolean isStopping;
  private volatile boolean isReadable = true;
  private volatile long lastReadNanos = System.nanoTime();

  private int failures;
  private int readsBeforeAHole;
  private int listenerFailures;

  /** Prepares to follow {@code log} from its head; {@link #start} begins. */
  public LogFollower(EventLog log, Listener listener, ThreadFactory threads) {
    this(log, listener, threads, POLL, RETRY_AT_FIRST);
  }

  LogFollower(
      EventLog log,
      Listener listener,
      ThreadFactory threads,
      Duration poll,
      Duration retryAtFirst) {
    this.log = log;
    this.listener = listener;
    this.pollNanos = poll.toNanos();
    this.retryNanosAtFirst = retryAtFirst.toNanos();
    applied = log.head();
    thread = threads.newThread(this::run);
  }

  /** Begins to read. Once. */
  public void start() {
    log.follow(this::news);
    thread.start();
  }

  /** The position up to which every event is in this node's rings. Any thread, no I/O. */
  public EventId applied() {
    return applied;
  }

  /** How many events were appended that are not in this node's rings yet. Any thread, no I/O. */
  public long lag() {
    return log.givenAfter(applied);
  }

  /**
   * Does nothing if the log could be read when it was last tried, a second ago at most.
   *
   * @throws LogUnavailableException if not
   */
  public void requireReadable() {
    if (!isReadable) {
      throw new LogUnavailableException(
          "the event log cannot be read just now; the hub goes on trying, come back in a moment");
    }
  }

  /**
   * Whether the log could be read when it was last tried, and answers. Does not touch it, so a log
   * that hangs hangs nobody who asks.
   */
  public boolean isReadable() {
    return isReadableAt(System.nanoTime());
  }

  boolean isReadableAt(long nowNanos) {
    return isReadable && nowNanos - lastReadNanos < ANSWERS_WITHIN.toNanos();
  }

  /** Whether its thread lives, or was told to end. */
  public boolean isRunning() {
    return isStopping || thread.isAlive();
  }

  private void news() {
    hasNews = true;
    LockSupport.unpark(thread);
  }

  private void run() {
    while (!isStopping) {
      hasNews = false;
      long pauseNanos = step();
      if (pauseNanos > 0 && !hasNews && !isStopping) {
        LockSupport.parkNanos(this, pauseNanos);
      }
    }
  }

  /** Reads and hands on one page; returns how long to wait for the next, 0 if there is more. */
  private long step() {
    try {
      Page page = log.readAll(applied, PAGE_EVENTS);
      recovered();
      if (!page.through().isAfter(applied)) {
        noticeHole();
        return pollNanos;
      }
      readsBeforeAHole = 0;
      handOn(page);
      return 0;
    } catch (LogUnavailableException e) {
      return failed(e);
    } catch (RuntimeException | Error e) {
      return failed(new LogUnavailableException("reading failed by a fault of the hub: " + e, e));
    }
  }

  /** A page that does not get on although there is more means a hole; one that stays is damage. */
  private void noticeHole() {
    readsBeforeAHole = log.head().isAfter(applied) ? readsBeforeAHole + 1 : 0;
    if (readsBeforeAHole == READS_BEFORE_ALARM) {
      LOG.log(
          Level.ERROR,
          "the event log lacks the number after {0}, which was given and not trimmed; nothing later is"
              + " delivered, for it could not be delivered in order. The database is damaged: restore"
              + " a backup",
          applied);
    }
  }

  private void handOn(Page page) {
    boolean isComplete = !page.from().isAfter(applied);
    if (!page.events().isEmpty()) {
      isComplete &= guarded(() -> listener.deliver(page.events(), page.through()), page.through());
    }
    if (!isComplete) {
      guarded(() -> listener.invalidate(page.through()), page.through());
    }
    applied = page.through();
    guarded(() -> listener.wake(page.through()), page.through());
  }

  private boolean guarded(Runnable call, EventId through) {
    try {
      call.run();
      return true;
    } catch (RuntimeException | Error e) {
      listenerFailures++;
      if (listenerFailures == 1) {
        LOG.log(
            Level.ERROR,
            "delivering events up to "
                + through
                + " failed by a fault of the hub; subscribers read"
                + " them from the log",
            e);
      } else if (listenerFailures % FAILURES_A_LINE == 0) {
        LOG.log(Level.ERROR, "delivering events failed {0} times by now", listenerFailures);
      }
      return false;
    }
  }

  private long failed(LogUnavailableException e) {
    failures++;
    isReadable = false;
    if (failures == 1) {
      LOG.log(
          Level.WARNING,
          "the event log cannot be read; connections stay open without new events until it can",
          e);
    } else if (failures % FAILURES_A_LINE == 0) {
      LOG.log(
          Level.WARNING,
          "the event log could not be read {0} times by now: {1}",
          failures,
          e.getMessage());
    }
    int doublings = Math.min(failures - 1, 10);
    return Math.min(retryNanosAtFirst << doublings, RETRY_AT_MOST.toNanos());
  }

  private void recovered() {
    lastReadNanos = System.nanoTime();
    isReadable = true;
    if (failures > 0) {
      LOG.log(Level.INFO, "the event log can be read again, after {0} failures", failures);
      failures = 0;
    }
  }

  /** Ends the thread, after the page that it is at. */
  @Override
  public void close() {
    isStopping = true;
    LockSupport.unpark(thread);
    try {
      thread.join(CLOSE_TIMEOUT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.log(
          Level.WARNING,
          "the thread that follows the log is still busy after {0}; its disk does not answer",
          CLOSE_TIMEOUT);
    }
  }
}
