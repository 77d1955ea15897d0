package io.heliograph.stream;

import io.heliograph.container.Periodic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Many deadlines, cheaply: heartbeats, idle and write time-outs, lifetimes, waits.
 *
 * <p>A hashed wheel of {@value #SLOTS} slots of {@value #SLOT_MILLIS} ms. The container's timer
 * turns it; a turn touches the slots that time has passed since the last one, so its cost is what
 * is due (and what shares a slot with it), not what is scheduled. A deadline is met at the first
 * turn after it: late by at most a turn, never early.
 *
 * <p>Any thread schedules and cancels. What expires runs on the timer's thread and must not block.
 */
public final class TimingWheel implements Periodic {
  /** A power of two; with the slot's width the wheel spans 51 s, further deadlines go round. */
  private static final int SLOTS = 512;

  private static final long SLOT_MILLIS = 100;
  private static final long SLOT_NANOS = Duration.ofMillis(SLOT_MILLIS).toNanos();

  private static final System.Logger LOG = System.getLogger(TimingWheel.class.getName());

  private final LongSupplier nanoClock;
  private final long originNanos;
  private final List<Set<Deadline>> slots = new ArrayList<>(SLOTS);

  /** Set before the slots are looked at, so that who adds to one late can see that it was. */
  private volatile long turnedThrough = -1;

  /** Something that will expire unless it is cancelled. */
  public final class Deadline {
    private final long due;
    private final Runnable action;

    private Deadline(long due, Runnable action) {
      this.due = due;
      this.action = action;
    }

    /** Forgets it; without effect once it has expired. */
    public void cancel() {
      slot(due).remove(this);
    }
  }

  /**
   * @param nanoClock monotone nanoseconds
   */
  public TimingWheel(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.originNanos = nanoClock.getAsLong();
    for (int i = 0; i < SLOTS; i++) {
      slots.add(ConcurrentHashMap.newKeySet(1));
    }
  }

  /** Runs {@code action} once, at the first turn after {@code delay}. */
  public Deadline after(Duration delay, Runnable action) {
    while (true) {
      long due = (elapsedNanos() + delay.toNanos()) / SLOT_NANOS + 1;
      Deadline deadline = new Deadline(due, action);
      slot(due).add(deadline);
      // A turn that came in between has passed the slot, and would be back only a round later.
      if (due > turnedThrough || !slot(due).remove(deadline)) {
        return deadline;
      }
    }
  }

  @Override
  public String purpose() {
    return "heartbeats, time-outs and lifetimes";
  }

  /** Runs what is due. One thread at a time. */
  @Override
  public void tick() {
    long now = elapsedNanos() / SLOT_NANOS;
    // After a pause longer than a round every slot is looked at once.
    long first = Math.max(turnedThrough + 1, now - SLOTS + 1);
    turnedThrough = now;
    for (long turn = first; turn <= now; turn++) {
      Set<Deadline> slot = slot(turn);
      List<Deadline> due = slot.stream().filter(deadline -> deadline.due <= now).toList();
      for (Deadline deadline : due) {
        if (slot.remove(deadline)) {
          run(deadline.action);
        }
      }
    }
  }

  /** How many deadlines are pending; counts them all, so for tests and for looking. */
  int pending() {
    return slots.stream().mapToInt(Set::size).sum();
  }

  private static void run(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a deadline's action failed; the others go on", e);
    }
  }

  private Set<Deadline> slot(long turn) {
    return slots.get((int) (turn & (SLOTS - 1)));
  }

  private long elapsedNanos() {
    return nanoClock.getAsLong() - originNanos;
  }
}
