package io.heliograph.stream;

import io.heliograph.event.EventId;
import io.heliograph.metrics.GapReason;
import io.heliograph.sse.Chunk;
import io.heliograph.sse.SseEncoder;
import io.heliograph.stream.FrameRing.Evicted;
import io.heliograph.stream.FrameRing.Tail;
import io.heliograph.stream.FrameRing.Window;
import io.heliograph.stream.StreamPolicy.Overflow;
import io.heliograph.stream.StreamPolicy.ReplayLost;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber's place in the log's order, and the writing of what lies between it and {@code
 * applied}.
 *
 * <p>It is inside the channel's ring (events come from memory) or behind it (pages come from the
 * log until it is inside again; nothing is handed over between the two, they are two places to read
 * the same order). It counts as live once it has been inside: from then on falling behind is an
 * overflow, which the stream's policy answers. Before, it is a replay, which never overflows.
 *
 * <h2>When it moves</h2>
 *
 * <p>When a block is handed to the sink, which writes it next; and to {@code applied} when nothing
 * of the view lies between, where {@code applied} was read before the ring was: the follower fills
 * the rings before it moves {@code applied}, so what it passed is in the ring. An id on the wire is
 * always the cursor. So an id says that every event of the view up to it was written before it, or
 * was declared lost.
 *
 * <p>The sink's owner's own: no other thread touches it.
 */
final class Cursor {
  private static final System.Logger LOG = System.getLogger(Cursor.class.getName());

  /** What became of a question for the next block. */
  enum Step {
    WRITTEN,
    NOTHING_YET,
    /** A gap was written: what was to come next has been trimmed. */
    LOST,
    /** Overtaken under {@code overflow=disconnect}: the connection has to end. */
    TOO_SLOW
  }

  private final StreamRegistry hub;
  private final Channel channel;
  private final StreamPolicy policy;
  private final FrameEncoder encoder;
  private final Replay replay;
  private final IntConsumer written;
  private final LongConsumer dropped;

  private EventId position = EventId.NONE;
  private @Nullable EventId sentId;
  private boolean isLive;
  private long nextOrdinal;

  /**
   * @param written told how many events a block has that was handed out
   * @param dropped told how many events were dropped by an overflow
   */
  Cursor(
      StreamRegistry hub,
      Channel channel,
      Replay replay,
      IntConsumer written,
      LongConsumer dropped) {
    this.hub = hub;
    this.channel = channel;
    this.policy = channel.policy();
    this.encoder = channel.encoder();
    this.replay = replay;
    this.written = written;
    this.dropped = dropped;
  }

  EventId position() {
    return position;
  }

  /** Stands at {@code start}; nothing was handed out before. */
  void begin(EventId start) {
    position = start;
  }

  /** Says where it stands, in a block of an id alone. */
  void stand(Chunk chunk) {
    sentId = position;
    chunk.set(SseEncoder.id(position));
  }

  /** Says in {@code chunk} that something is missing after {@code requested}. */
  void gap(Chunk chunk, GapReason reason, String requested) {
    hub.metrics().gap(reason);
    chunk.set(encoder.gap(reason, requested, position));
  }

  /**
   * Its position if the client does not know it yet, for a heartbeat to carry; null if it does.
   * What was not for this view is passed first.
   */
  @Nullable EventId unsaid() {
    passUnseen();
    if (position.equals(sentId)) {
      return null;
    }
    sentId = position;
    return position;
  }

  /** Fills {@code chunk} with the next block between here and {@code applied}. */
  Step next(Chunk chunk) {
    while (true) {
      EventId applied = hub.applied();
      if (!applied.isAfter(position) && !replay.isAwaiting()) {
        joinRing(applied);
        return Step.NOTHING_YET;
      }
      Window window = channel.ring().window();
      if (!replay.isAwaiting() && !window.isBehind(position)) {
        try {
          return writeFromRing(chunk, window, applied);
        } catch (Evicted e) {
          continue;
        }
      }
      if (isLive && !replay.isAwaiting() && window.policyTail().ordinal() > nextOrdinal) {
        if (policy.overflow() == Overflow.DROP_OLDEST) {
          return drop(chunk, window.policyTail());
        }
        if (policy.overflow() == Overflow.DISCONNECT) {
          return Step.TOO_SLOW;
        }
        isLive = false;
      }
      FramePage page = replay.take(position);
      if (page == null) {
        return Step.NOTHING_YET;
      }
      if (page.from().isAfter(position)) {
        return trimmedUnderway(chunk, page.from(), applied);
      }
      if (writePage(chunk, page)) {
        return Step.WRITTEN;
      }
    }
  }

  /**
   * Counts as live from here on, if it is inside the ring. Not if it is ahead of {@code applied}:
   * the ring will count again what was read from the log already.
   */
  private void joinRing(EventId applied) {
    Window window = channel.ring().window();
    if (isLive || window.isBehind(position) || position.isAfter(applied)) {
      return;
    }
    try {
      nextOrdinal = ordinalAfterPosition(window, window.after(position));
      isLive = true;
    } catch (Evicted e) {
      LOG.log(System.Logger.Level.TRACE, "overtaken; the next turn reads on", e);
    }
  }

  /** Writes what the ring has between here and {@code applied}, a block at a time. */
  private Step writeFromRing(Chunk chunk, Window window, EventId applied) throws Evicted {
    FrameBlock block = window.after(position);
    isLive = true;
    if (block == null || block.last().isAfter(applied)) {
      nextOrdinal = ordinalAfterPosition(window, block);
      position = applied;
      return Step.NOTHING_YET;
    }
    int first = block.indexAfter(position);
    chunk.set(block.bytes(), block.start(first), block.start(block.count()));
    nextOrdinal = block.endOrdinal();
    moved(block.last(), block.count() - first);
    return Step.WRITTEN;
  }

  private long ordinalAfterPosition(Window window, @Nullable FrameBlock next) {
    return next == null ? window.headOrdinal() : next.ordinal(next.indexAfter(position));
  }

  /** Writes what {@code page} has after the position, and moves to its end. */
  private boolean writePage(Chunk chunk, FramePage page) {
    FrameBlock block = page.block();
    int first = block == null ? 0 : block.indexAfter(position);
    boolean hasMore = block != null && first < block.count();
    if (block != null && hasMore) {
      chunk.set(block.bytes(), block.start(first), block.start(block.count()));
      int count = block.count() - first;
      hub.metrics().replayed(count);
      nextOrdinal += count;
      moved(block.last(), count);
    }
    position = EventId.max(position, page.through());
    return hasMore;
  }

  private void moved(EventId last, int events) {
    position = last;
    sentId = last;
    written.accept(events);
  }

  private Step drop(Chunk chunk, Tail tail) {
    long count = tail.ordinal() - nextOrdinal;
    nextOrdinal = tail.ordinal();
    position = EventId.max(position, tail.floor());
    dropped.accept(count);
    chunk.set(encoder.overflow(count));
    return Step.WRITTEN;
  }

  private Step trimmedUnderway(Chunk chunk, EventId trimmedThrough, EventId applied) {
    String requested = position.toString();
    isLive = false;
    // Under FRESH this node may lag behind what was trimmed.
    position =
        policy.replayLost() == ReplayLost.FRESH
            ? EventId.max(applied, trimmedThrough)
            : trimmedThrough;
    gap(chunk, GapReason.TRIMMED, requested);
    return Step.LOST;
  }

  /** Passes what is not this view's, if nothing of the view lies between. */
  private void passUnseen() {
    EventId applied = hub.applied();
    Window window = channel.ring().window();
    if (replay.isAwaiting() || !applied.isAfter(position) || window.isBehind(position)) {
      return;
    }
    try {
      FrameBlock block = window.after(position);
      if (block == null || block.last().isAfter(applied)) {
        position = applied;
      }
    } catch (Evicted e) {
      LOG.log(System.Logger.Level.TRACE, "overtaken; the next turn reads on", e);
    }
  }
}
