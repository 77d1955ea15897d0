package io.heliograph.stream;

import io.heliograph.event.EventId;
import io.heliograph.metrics.Ending;
import io.heliograph.metrics.GapReason;
import io.heliograph.sse.Chunk;
import io.heliograph.sse.ServletEventSink;
import io.heliograph.sse.SseEncoder;
import io.heliograph.stream.FrameRing.Evicted;
import io.heliograph.stream.FrameRing.Window;
import io.heliograph.stream.StreamPolicy.Overflow;
import io.heliograph.stream.StreamPolicy.ReplayLost;
import jakarta.ws.rs.sse.OutboundSseEvent;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber: a cursor into the log's order, and what it takes to write what lies between it
 * and {@code applied}.
 *
 * <h2>States</h2>
 *
 * <pre>
 *   OPENING ---> STARTING ------> RETAINED ------> STANDING ---> STREAMING --+--> ENDED
 *   retry,       where to begin   retained events, id block:     events from  |
 *   hello        is being asked   without ids      the cursor    ring or log  |
 *      `-------------`-----------------`----------------`----------------------' end(), closed
 * </pre>
 *
 * <p>While STREAMING the cursor is inside the channel's ring (events come from memory) or behind it
 * (pages come from the log until it is inside again; nothing is handed over between the two, they
 * are two places to read the same order). It counts as live once it has been inside: from then on
 * falling behind is an overflow, which the stream's policy answers. Before, it is a replay, which
 * never overflows.
 *
 * <h2>Threads</h2>
 *
 * <p>Everything under "the owner's own" is touched by the sink's owner only, in {@link #next} and
 * {@link #ended}. Others leave word in the volatile fields and call {@code sink.pump()}: fan-out
 * workers by {@link #wake}, the timing wheel by its {@link Lifespan}, the catch-up pool through
 * {@link #start} and {@link #replay}.
 *
 * <h2>When the cursor moves</h2>
 *
 * <p>When a block is handed to the sink, which writes it next; and to {@code applied} when nothing
 * of the view lies between, where {@code applied} was read before the ring was: the follower fills
 * the rings before it moves {@code applied}, so what it passed is in the ring. An id on the wire is
 * always the cursor. So an id says that every event of the view up to it was written before it, or
 * was declared lost.
 */
final class Subscription
    implements Attachment, Channel.Registered, ServletEventSink.Source, Lifespan.Connection {
  private static final System.Logger LOG = System.getLogger(Subscription.class.getName());

  /** So much a connection's retry varies, that a herd does not return together. */
  private static final double JITTER = 0.2;

  /** A connection that was told its end and does not take it is cut after this. */
  private static final Duration FAREWELL_LIMIT = Duration.ofSeconds(5);

  private static final Duration OVERFLOW_WARNING_EVERY = Duration.ofMinutes(1);

  private enum Phase {
    OPENING,
    STARTING,
    RETAINED,
    STANDING,
    STREAMING,
    ENDED
  }

  private final StreamRegistry hub;
  private final Channel channel;
  private final StreamPolicy policy;
  private final FrameEncoder encoder;
  private final ServletEventSink sink;
  private final StartAt wish;
  private final Peer peer;
  private final int shard;
  private final Lifespan lifespan;
  private final Replay replay;

  // Word left for the owner.
  private final AtomicReference<@Nullable Start> start = new AtomicReference<>();
  private final AtomicReference<@Nullable Ending> ending = new AtomicReference<>();
  private volatile Duration reconnectIn = Duration.ZERO;
  private volatile boolean isHeartbeatDue;
  private volatile TimingWheel.@Nullable Deadline farewellDeadline;

  // Word left by the owner.
  private volatile boolean isOver;
  private volatile EventId cursor = EventId.NONE;
  private volatile long sentEvents;

  // The owner's own.
  private Phase phase = Phase.OPENING;
  private boolean isLive;
  private long nextOrdinal;
  private EventId retainedThrough = EventId.NONE;
  private @Nullable EventId sentId;
  private long warnedNanos;
  private boolean hasWarned;

  Subscription(
      StreamRegistry hub, Channel channel, ServletEventSink sink, StartAt wish, Peer peer) {
    this.hub = hub;
    this.channel = channel;
    this.policy = channel.policy();
    this.encoder = channel.encoder();
    this.sink = sink;
    this.wish = wish;
    this.peer = peer;
    this.shard = hub.nextShard();
    this.lifespan = new Lifespan(policy, hub.wheel(), hub::nanos, this);
    this.replay = new Replay(hub.catchUp(), channel.view(), encoder, this::isWanted, sink::pump);
  }

  String id() {
    return sink.id();
  }

  Channel channel() {
    return channel;
  }

  @Override
  public ServletEventSink sink() {
    return sink;
  }

  Peer peer() {
    return peer;
  }

  long sentEvents() {
    return sentEvents;
  }

  Lifespan lifespan() {
    return lifespan;
  }

  @Override
  public boolean isOver() {
    return isOver;
  }

  @Override
  public Duration stalledFor() {
    return sink.stalledFor();
  }

  @Override
  public void heartbeatDue() {
    isHeartbeatDue = true;
    sink.pump();
  }

  @Override
  public int shard() {
    return shard;
  }

  @Override
  public void wake() {
    sink.pump();
  }

  /** Begins: the channel knows it already. */
  void begin() {
    sink.start(this);
    lifespan.begin();
  }

  /** Ends it with a farewell that gives {@code reason}. Any thread; does not wait. Once. */
  @Override
  public void end(Ending reason) {
    end(reason, Duration.ZERO);
  }

  /**
   * @param comeBackIn when the client is wanted back, for a shutdown
   */
  void end(Ending reason, Duration comeBackIn) {
    if (ending.compareAndSet(null, reason)) {
      reconnectIn = comeBackIn;
      sink.pump();
      farewellDeadline = hub.wheel().after(FAREWELL_LIMIT, sink::abort);
      if (isOver) {
        cancelFarewell();
      }
    }
  }

  private void cancelFarewell() {
    TimingWheel.Deadline pending = farewellDeadline;
    if (pending != null) {
      pending.cancel();
    }
  }

  /** Cuts it at once, without a farewell that it would not take. */
  @Override
  public void cut(Ending reason) {
    ending.compareAndSet(null, reason);
    sink.abort();
  }

  @Override
  public CompletionStage<?> send(OutboundSseEvent event) {
    return sink.send(event);
  }

  @Override
  public void released(boolean isClosing) {
    channel.detach(this);
    if (isClosing) {
      sink.close();
    }
  }

  @Override
  public boolean next(Chunk chunk) {
    if (phase == Phase.ENDED) {
      return false;
    }
    Ending reason = ending.get();
    if (reason != null && phase != Phase.OPENING) {
      return farewell(chunk, reason);
    }
    if (phase == Phase.OPENING) {
      return open(chunk);
    }
    if (isHeartbeatDue) {
      isHeartbeatDue = false;
      return heartbeat(chunk);
    }
    if (channel.isClosed()) {
      return false;
    }
    return switch (phase) {
      case STARTING -> started(chunk);
      case RETAINED -> retained(chunk);
      case STANDING -> stand(chunk);
      default -> stream(chunk);
    };
  }

  private boolean open(Chunk chunk) {
    chunk.set(encoder.opening(1 + JITTER * (ThreadLocalRandom.current().nextDouble() - 0.5), id()));
    phase = Phase.STARTING;
    EventId applied = hub.applied();
    Start known = Start.inRing(wish, channel.ring().window(), policy, hub::isKnown, applied);
    if (known != null) {
      start.set(known);
    } else {
      hub.catchUp().start(wish, channel.view(), policy, applied, this::isWanted, this::beginAt);
    }
    return true;
  }

  private boolean started(Chunk chunk) {
    Start found = start.getAndSet(null);
    if (found == null) {
      return false;
    }
    cursor = found.cursor();
    phase = found.wantsRetained() ? Phase.RETAINED : Phase.STANDING;
    Start.Gap gap = found.gap();
    if (gap != null) {
      return gap(chunk, gap.reason(), gap.requested());
    }
    return next(chunk);
  }

  private boolean gap(Chunk chunk, GapReason reason, String requested) {
    hub.metrics().gap(reason);
    chunk.set(encoder.gap(reason, requested, cursor));
    return true;
  }

  private boolean retained(Chunk chunk) {
    while (cursor.isAfter(retainedThrough)) {
      FramePage page = replay.takeRetained(retainedThrough, cursor);
      if (page == null) {
        return false;
      }
      retainedThrough = page.through();
      FrameBlock block = page.block();
      if (block != null) {
        chunk.set(block.bytes(), 0, block.bytes().length);
        hub.metrics().replayed(block.count());
        counted(block.count());
        return true;
      }
    }
    return stand(chunk);
  }

  private boolean stand(Chunk chunk) {
    phase = Phase.STREAMING;
    sentId = cursor;
    chunk.set(SseEncoder.id(cursor));
    return true;
  }

  private boolean stream(Chunk chunk) {
    while (true) {
      EventId applied = hub.applied();
      if (!applied.isAfter(cursor) && !replay.isAwaiting()) {
        joinRing(applied);
        return false;
      }
      Window window = channel.ring().window();
      if (!replay.isAwaiting() && !window.isBehind(cursor)) {
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
          end(Ending.TOO_SLOW);
          return farewell(chunk, Ending.TOO_SLOW);
        }
        isLive = false;
      }
      FramePage page = replay.take(cursor);
      if (page == null) {
        return false;
      }
      if (page.from().isAfter(cursor)) {
        return trimmedUnderway(chunk, page.from(), applied);
      }
      if (writePage(chunk, page)) {
        return true;
      }
    }
  }

  /**
   * Counts as live from here on, if the cursor is inside the ring. Not if it is ahead of {@code
   * applied}: the ring will count again what was read from the log already.
   */
  private void joinRing(EventId applied) {
    Window window = channel.ring().window();
    if (isLive || window.isBehind(cursor) || cursor.isAfter(applied)) {
      return;
    }
    try {
      FrameBlock block = window.after(cursor);
      nextOrdinal = block == null ? window.headOrdinal() : block.ordinal(block.indexAfter(cursor));
      isLive = true;
    } catch (Evicted e) {
      LOG.log(System.Logger.Level.TRACE, "overtaken; the next turn reads on", e);
    }
  }

  /** Writes what the ring has between the cursor and {@code applied}, a block at a time. */
  private boolean writeFromRing(Chunk chunk, Window window, EventId applied) throws Evicted {
    FrameBlock block = window.after(cursor);
    isLive = true;
    if (block == null || block.last().isAfter(applied)) {
      nextOrdinal = block == null ? window.headOrdinal() : block.ordinal(block.indexAfter(cursor));
      cursor = applied;
      return false;
    }
    int first = block.indexAfter(cursor);
    chunk.set(block.bytes(), block.start(first), block.start(block.count()));
    nextOrdinal = block.endOrdinal();
    moved(block.last(), block.count() - first);
    return true;
  }

  /** Writes what {@code page} has after the cursor, and moves the cursor to its end. */
  private boolean writePage(Chunk chunk, FramePage page) {
    FrameBlock block = page.block();
    int first = block == null ? 0 : block.indexAfter(cursor);
    boolean hasMore = block != null && first < block.count();
    if (block != null && hasMore) {
      chunk.set(block.bytes(), block.start(first), block.start(block.count()));
      int count = block.count() - first;
      hub.metrics().replayed(count);
      nextOrdinal += count;
      moved(block.last(), count);
    }
    cursor = EventId.max(cursor, page.through());
    return hasMore;
  }

  private void moved(EventId last, int events) {
    cursor = last;
    sentId = last;
    counted(events);
  }

  private void counted(int events) {
    long sum = sentEvents + events;
    sentEvents = sum;
    lifespan.eventWritten();
    hub.metrics().delivered(events);
  }

  private boolean drop(Chunk chunk, FrameRing.Tail tail) {
    long dropped = tail.ordinal() - nextOrdinal;
    nextOrdinal = tail.ordinal();
    cursor = EventId.max(cursor, tail.floor());
    hub.metrics().dropped(dropped);
    warnOfOverflow(dropped);
    chunk.set(encoder.overflow(dropped));
    return true;
  }

  private void warnOfOverflow(long dropped) {
    long now = hub.nanos();
    if (hasWarned && now - warnedNanos <= OVERFLOW_WARNING_EVERY.toNanos()) {
      return;
    }
    hasWarned = true;
    warnedNanos = now;
    LOG.log(
        System.Logger.Level.WARNING,
        "stream ''{0}'': connection {1} of {2} is too slow, {3} events were dropped for it;"
            + " buffer.events is {4}, overflow is drop-oldest",
        policy.name(),
        id(),
        peer.address(),
        dropped,
        policy.bufferEvents());
  }

  private boolean trimmedUnderway(Chunk chunk, EventId trimmedThrough, EventId applied) {
    EventId requested = cursor;
    isLive = false;
    // Under FRESH this node may lag behind what was trimmed.
    cursor =
        policy.replayLost() == ReplayLost.FRESH
            ? EventId.max(applied, trimmedThrough)
            : trimmedThrough;
    return gap(chunk, GapReason.TRIMMED, requested.toString());
  }

  private boolean heartbeat(Chunk chunk) {
    EventId moved = null;
    if (phase == Phase.STREAMING) {
      passUnseen();
      moved = cursor.equals(sentId) ? null : cursor;
    }
    if (moved != null) {
      sentId = moved;
    }
    chunk.set(encoder.heartbeat(moved, hub.now(), hub.connections()));
    return true;
  }

  /** Moves the cursor past what is not this view's, if nothing of the view lies between. */
  private void passUnseen() {
    EventId applied = hub.applied();
    Window window = channel.ring().window();
    if (replay.isAwaiting() || !applied.isAfter(cursor) || window.isBehind(cursor)) {
      return;
    }
    try {
      FrameBlock block = window.after(cursor);
      if (block == null || block.last().isAfter(applied)) {
        cursor = applied;
      }
    } catch (Evicted e) {
      LOG.log(System.Logger.Level.TRACE, "overtaken; the next turn reads on", e);
    }
  }

  private boolean farewell(Chunk chunk, Ending reason) {
    phase = Phase.ENDED;
    chunk.set(encoder.farewell(reason, reconnectIn));
    sink.close();
    return true;
  }

  private boolean isWanted() {
    return !isOver;
  }

  private void beginAt(Start found) {
    start.set(found);
    sink.pump();
  }

  @Override
  public void ended(@Nullable Throwable failure) {
    phase = Phase.ENDED;
    ending.compareAndSet(null, failure == null ? Ending.CLOSED : Ending.CLIENT_GONE);
    isOver = true;
    lifespan.close();
    cancelFarewell();
    Ending reason = ending.get();
    hub.detached(this, reason == null ? Ending.FAILED : reason, failure);
  }
}
