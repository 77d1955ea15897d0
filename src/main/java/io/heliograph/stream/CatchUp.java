package io.heliograph.stream;

import io.heliograph.event.Event;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import io.heliograph.log.EventLog;
import io.heliograph.log.LogUnavailableException;
import io.heliograph.log.Page;
import io.heliograph.metrics.HubMetrics;
import io.heliograph.sse.Frame;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads the log for subscribers that memory cannot serve: where they begin, their retained events,
 * the pages between them and the ring.
 *
 * <p>On a small pool of its own, first come, first served, one page a turn, so that one far behind
 * does not keep others waiting. Of one view only one page is read at a time; whoever asks meanwhile
 * waits for it and mostly finds his own in it. A log out of reach is asked again each second for as
 * long as the asker wants to know.
 */
final class CatchUp {
  /** Events a page. */
  static final int PAGE_EVENTS = 256;

  private static final Duration RETRY = Duration.ofSeconds(1);

  private static final System.Logger LOG = System.getLogger(CatchUp.class.getName());

  private final EventLog log;
  private final Executor pool;
  private final TimingWheel wheel;
  private final PageCache cache;
  private final HubMetrics metrics;
  private final AtomicLong faults = new AtomicLong();

  // Guarded by itself: views whose page is being read, and who waits for it.
  private final Map<View, Queue<Runnable>> reading = new HashMap<>();

  /**
   * @param pool runs what blocks; first in, first out
   * @param cacheBytes what the pages kept for others may take
   */
  CatchUp(EventLog log, Executor pool, TimingWheel wheel, long cacheBytes, HubMetrics metrics) {
    this.log = log;
    this.pool = pool;
    this.wheel = wheel;
    this.cache = new PageCache(cacheBytes);
    this.metrics = metrics;
  }

  /** Finds where {@code wish} begins and tells {@code to}, on the pool. */
  void start(
      StartAt wish,
      View view,
      StreamPolicy policy,
      EventId applied,
      BooleanSupplier isWanted,
      Consumer<Start> to) {
    attempt(isWanted, () -> to.accept(Start.of(wish, view, policy, log, applied)));
  }

  /** Reads a stretch of retained events and tells {@code to}, on the pool. */
  void retained(
      View view,
      FrameEncoder encoder,
      EventId after,
      EventId upTo,
      BooleanSupplier isWanted,
      Consumer<FramePage> to) {
    attempt(
        isWanted,
        () ->
            to.accept(
                framed(log.readRetained(view, after, upTo, PAGE_EVENTS), encoder::eventWithoutId)
                    .get(0)));
  }

  /** Reads the stretch after {@code cursor} and tells {@code to}, on the pool. */
  void page(
      View view,
      FrameEncoder encoder,
      EventId cursor,
      BooleanSupplier isWanted,
      Consumer<FramePage> to) {
    attempt(
        isWanted,
        () -> {
          FramePage known = cache.find(view, cursor);
          if (known != null) {
            to.accept(known);
          } else if (beginReading(view, () -> page(view, encoder, cursor, isWanted, to))) {
            FramePage page;
            try {
              page = read(view, encoder, cursor);
            } finally {
              endReading(view);
            }
            to.accept(page);
          }
        });
  }

  long cachedBytes() {
    return cache.heldBytes();
  }

  private FramePage read(View view, FrameEncoder encoder, EventId cursor) {
    FramePage known = cache.find(view, cursor);
    if (known != null) {
      return known;
    }
    Page aligned = readAfter(view, log.pageStart(cursor));
    // What lies between the page's start and the cursor may have been trimmed, or be a page long.
    Page page = aligned.through().isAfter(cursor) ? aligned : readAfter(view, cursor);
    List<FramePage> framed = framed(page, encoder::event);
    FramePage wanted = framed.get(0);
    for (FramePage stretch : framed) {
      if (stretch.through().isAfter(stretch.from())) {
        cache.put(view, stretch);
      }
      wanted = stretch.covers(cursor) ? stretch : wanted;
    }
    return wanted;
  }

  private Page readAfter(View view, EventId after) {
    metrics.pageRead();
    return log.read(view, after, PAGE_EVENTS);
  }

  private static List<FramePage> framed(Page page, Function<Event, Frame> encode) {
    return FramePage.of(page.events().stream().map(encode).toList(), page.from(), page.through());
  }

  /** Whether the caller may read now; if not, {@code again} is run when it may. */
  private boolean beginReading(View view, Runnable again) {
    synchronized (reading) {
      Queue<Runnable> waiting = reading.get(view);
      if (waiting != null) {
        waiting.add(again);
        return false;
      }
      reading.put(view, new ArrayDeque<>());
      return true;
    }
  }

  private void endReading(View view) {
    Queue<Runnable> waiting;
    synchronized (reading) {
      waiting = reading.remove(view);
    }
    if (waiting != null) {
      waiting.forEach(Runnable::run);
    }
  }

  private void tell(Throwable fault) {
    long count = faults.incrementAndGet();
    LOG.log(
        System.Logger.Level.ERROR,
        "reading the log for a subscriber failed by a fault of the hub, the "
            + count
            + ". time; it is tried again each second",
        count == 1 ? fault : null);
  }

  private void attempt(BooleanSupplier isWanted, Runnable action) {
    pool.execute(
        () -> {
          if (!isWanted.getAsBoolean()) {
            return;
          }
          try {
            action.run();
          } catch (LogUnavailableException e) {
            // The follower says so in the log, once, with its cause; here it is only waited for.
            wheel.after(RETRY, () -> attempt(isWanted, action));
          } catch (RuntimeException | Error e) {
            // An Error too: whoever let it pass would leave the asker waiting for ever.
            tell(e);
            wheel.after(RETRY, () -> attempt(isWanted, action));
          }
        });
  }
}
