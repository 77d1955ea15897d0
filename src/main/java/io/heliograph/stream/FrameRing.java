package io.heliograph.stream;

import io.heliograph.event.EventId;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A channel's last frames: a cache of the log's newest end, shared by all its subscribers.
 *
 * <h2>What it promises</h2>
 *
 * <p>All events of its view after {@link Window#floor} that have been delivered are in it. A cursor
 * at or above the floor is inside and reads from memory; one below is behind and reads the log.
 * Evicting moves the floor up and never loses anything but speed, except where the stream's policy
 * makes more of it: {@link Window#policyTail} remembers what was evicted because the policy's bound
 * was reached (as against the node's budget), which is what an overflow counts.
 *
 * <h2>Threads</h2>
 *
 * <p>Changes are made under the {@link RingBudget}'s lock, by the follower (and by whoever drops an
 * unused channel), and published as a new immutable {@link Window}. Readers take the window and no
 * lock. A window's array is shared with its successors, which only write behind its end or set
 * evicted slots to null; a reader with an old window that meets null is behind and looks again.
 */
final class FrameRing {
  private static final int FIRST_SLOTS = 4;

  /** Above every position: nobody is inside before {@link #beginAfter} or after {@link #drop}. */
  private static final EventId UNKNOWN_FLOOR = new EventId((1L << 53) - 1);

  private final int limitFrames;
  private final long limitBytes;
  private final RingBudget budget;

  private volatile Window window;

  // Guarded by the budget's lock.
  private long weightBytes;

  /**
   * @param limitFrames frames at most
   * @param limitBytes bytes at most; the newest block stays, however large
   */
  FrameRing(int limitFrames, long limitBytes, RingBudget budget) {
    this.limitFrames = limitFrames;
    this.limitBytes = limitBytes;
    this.budget = budget;
    this.window =
        new Window(new FrameBlock[FIRST_SLOTS], 0, 0, UNKNOWN_FLOOR, 0, new Tail(EventId.NONE, 0));
  }

  /** A place among the view's events: the position before it and its ordinal. */
  record Tail(EventId floor, long ordinal) {}

  /** What readers see; see {@link FrameRing} for what a null slot means. */
  record Window(
      FrameBlock[] blocks, int from, int to, EventId floor, long headOrdinal, Tail policyTail) {

    /** Whether a cursor here has been overtaken: events after it may be missing from the ring. */
    boolean isBehind(EventId cursor) {
      return floor.isAfter(cursor);
    }

    /**
     * The first block with a frame after {@code cursor}, or null if there is none. Only for a
     * cursor that is not behind.
     *
     * @throws Evicted if the window is no longer the ring's and the block has gone
     */
    @Nullable FrameBlock after(EventId cursor) throws Evicted {
      if (from == to || !at(to - 1).last().isAfter(cursor)) {
        return null;
      }
      int low = from - 1;
      int high = to - 1;
      // Most subscribers are at the head, where the search ends with its first question.
      if (high - 1 > low && !at(high - 1).last().isAfter(cursor)) {
        return at(high);
      }
      while (low + 1 < high) {
        int middle = (low + high) >>> 1;
        if (at(middle).last().isAfter(cursor)) {
          high = middle;
        } else {
          low = middle;
        }
      }
      return at(high);
    }

    private FrameBlock at(int index) throws Evicted {
      FrameBlock block = blocks[index];
      if (block == null) {
        throw new Evicted();
      }
      return block;
    }
  }

  /** An old window met an evicted block; the ring's present window knows better. */
  static final class Evicted extends Exception {
    private static final long serialVersionUID = 1L;

    private Evicted() {
      super("evicted", null, false, false);
    }
  }

  Window window() {
    return window;
  }

  /**
   * Opens the ring: events up to and including what {@code floor} gives may be missing, later ones
   * are not. Called after the follower can find the ring, again if it was dropped; {@code floor} is
   * asked under the lock, so that no block can come and go between the answer and its use.
   */
  void beginAfter(Supplier<EventId> floor) {
    synchronized (budget) {
      Window now = window;
      window =
          new Window(
              now.blocks(), now.from(), now.to(), floor.get(), now.headOrdinal(), now.policyTail());
    }
  }

  /** The ordinal that the next frame will have. The follower only. */
  long headOrdinal() {
    return window.headOrdinal();
  }

  /**
   * Adds {@code added}, in order. The follower only, which calls {@link #evictExcess} once everyone
   * was woken: until then only the node's budget evicts, and a batch larger than the ring overtakes
   * nobody whose socket is open.
   */
  void append(List<FrameBlock> added) {
    synchronized (budget) {
      if (window.floor().equals(UNKNOWN_FLOOR)) {
        // Nobody is inside: not yet, or it was dropped while the follower still dealt to it.
        return;
      }
      for (FrameBlock block : added) {
        push(block);
        budget.hold(this, block);
      }
      budget.enforce();
    }
  }

  /** Gives up every block; from now on every cursor reads the log. For a channel that goes. */
  void drop() {
    giveUp(UNKNOWN_FLOOR);
  }

  /** Gives up every block: what they and what lies up to {@code through} may not be complete. */
  void invalidate(EventId through) {
    giveUp(through);
  }

  private void giveUp(EventId floor) {
    synchronized (budget) {
      Window now = window;
      for (int i = now.from(); i < now.to(); i++) {
        budget.release(now.blocks()[i]);
      }
      weightBytes = 0;
      window =
          new Window(
              new FrameBlock[FIRST_SLOTS],
              0,
              0,
              EventId.max(now.floor(), floor),
              now.headOrdinal(),
              now.policyTail());
    }
  }

  /** Evicts what is more than the policy's bound. The follower only. */
  void evictExcess() {
    synchronized (budget) {
      Window now = window;
      if (now.from() < now.to()) {
        evictExcess(now);
      }
    }
  }

  private void evictExcess(Window now) {
    FrameBlock[] blocks = now.blocks();
    int from = now.from();
    int to = now.to();
    // By count, to the frame: a ring of 10 holds the last 10, however they were batched.
    long tailOrdinal = now.headOrdinal() - limitFrames;
    if (blocks[from].ordinal(0) >= tailOrdinal && weightBytes <= limitBytes) {
      return;
    }
    Tail policyTail = now.policyTail();
    while (from < to - 1
        && (blocks[from].endOrdinal() <= tailOrdinal || weightBytes > limitBytes)) {
      policyTail = new Tail(blocks[from].last(), blocks[from].endOrdinal());
      from = releaseFirst(blocks, from);
    }
    FrameBlock first = blocks[from];
    if (first.ordinal(0) < tailOrdinal) {
      int kept = (int) (tailOrdinal - first.ordinal(0));
      policyTail = new Tail(first.id(kept - 1), tailOrdinal);
    }
    EventId floor = EventId.max(now.floor(), policyTail.floor());
    window = new Window(blocks, from, to, floor, now.headOrdinal(), policyTail);
  }

  /** Gives up its oldest block because the node's budget is short; under the budget's lock. */
  void evictOldest() {
    Window now = window;
    FrameBlock oldest = now.blocks()[now.from()];
    now.blocks()[now.from()] = null;
    weightBytes -= oldest.weightBytes();
    budget.release(oldest);
    window =
        new Window(
            now.blocks(),
            now.from() + 1,
            now.to(),
            EventId.max(now.floor(), oldest.last()),
            now.headOrdinal(),
            now.policyTail());
  }

  private void push(FrameBlock block) {
    Window now = window;
    FrameBlock[] blocks = now.blocks();
    int from = now.from();
    int to = now.to();
    if (to == blocks.length) {
      blocks =
          Arrays.copyOf(
              Arrays.copyOfRange(blocks, from, to), Math.max(FIRST_SLOTS, 2 * (to - from)));
      to -= from;
      from = 0;
    }
    blocks[to++] = block;
    weightBytes += block.weightBytes();
    window = new Window(blocks, from, to, now.floor(), block.endOrdinal(), now.policyTail());
  }

  private int releaseFirst(FrameBlock[] blocks, int from) {
    FrameBlock block = blocks[from];
    blocks[from] = null;
    weightBytes -= block.weightBytes();
    budget.release(block);
    return from + 1;
  }
}
