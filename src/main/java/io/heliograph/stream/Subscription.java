package io.heliograph.stream;

import io.heliograph.event.EventId;
import io.heliograph.metrics.Ending;
import io.heliograph.sse.Chunk;
import io.heliograph.sse.ServletEventSink;
import io.heliograph.stream.Admission.Slot;
import jakarta.ws.rs.sse.OutboundSseEvent;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber: what is written to its connection, in which order, from the first block to the
 * farewell.
 *
 * <h2>States</h2>
 *
 * <pre>
 *                                     .-------gap under way---------.
 *                                     v                             |
 *   OPENING ---> STARTING ------> RETAINED ------> STANDING ---> STREAMING --+--> ENDED
 *   retry,       where to begin   retained events, id block:     events from  |
 *   hello        is being asked   without ids      the cursor    ring or log  |
 *      `-------------`-----------------`----------------`----------------------' end(), closed
 * </pre>
 *
 * <p>While STREAMING its {@link Cursor} says what is next.
 *
 * <h2>Threads</h2>
 *
 * <p>Everything under "the owner's own" is touched by the sink's owner only, in {@link #next} and
 * {@link #ended}. Others leave word in the volatile fields and call {@code sink.pump()}: fan-out
 * workers by {@link #wake}, the timing wheel by its {@link Lifespan}, the catch-up pool through
 * {@link #start} and {@link #replay}.
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
  private final @Nullable Slot slot;
  private final int shard;
  private final Lifespan lifespan;
  private final Replay replay;
  private final Cursor cursor;

  // Word left for the owner.
  private final AtomicReference<@Nullable Start> start = new AtomicReference<>();
  private final AtomicReference<@Nullable Ending> ending = new AtomicReference<>();
  private volatile Duration reconnectIn = Duration.ZERO;
  private volatile boolean isHeartbeatDue;
  private volatile TimingWheel.@Nullable Deadline farewellDeadline;

  // Word left by the owner.
  private volatile boolean isOver;
  private volatile long sentEvents;

  // The owner's own.
  private Phase phase = Phase.OPENING;
  private EventId retainedThrough = EventId.NONE;
  private long warnedNanos;
  private boolean hasWarned;

  Subscription(
      StreamRegistry hub,
      Channel channel,
      ServletEventSink sink,
      StartAt wish,
      Peer peer,
      @Nullable Slot slot) {
    this.hub = hub;
    this.channel = channel;
    this.policy = channel.policy();
    this.encoder = channel.encoder();
    this.sink = sink;
    this.wish = wish;
    this.peer = peer;
    this.slot = slot;
    this.shard = hub.nextShard();
    this.lifespan = new Lifespan(policy, hub.wheel(), hub::nanos, this);
    this.replay = new Replay(hub.catchUp(), channel.view(), encoder, this::isWanted, sink::pump);
    this.cursor = new Cursor(hub, channel, replay, this::counted, this::dropped);
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

  /** Its place under the limits; null for one that counts under none. */
  @Nullable Slot slot() {
    return slot;
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
    try {
      return nextBlock(chunk);
    } catch (RuntimeException | Error e) {
      // The sink ends the connection; without this it would look as if the client had gone.
      ending.compareAndSet(null, Ending.FAILED);
      LOG.log(System.Logger.Level.ERROR, "connection " + id() + " ends by a fault of the hub", e);
      throw e;
    }
  }

  private boolean nextBlock(Chunk chunk) {
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
    cursor.begin(found.cursor());
    phase = found.wantsRetained() ? Phase.RETAINED : Phase.STANDING;
    Start.Gap gap = found.gap();
    if (gap != null) {
      cursor.gap(chunk, gap.reason(), gap.requested());
      return true;
    }
    return nextBlock(chunk);
  }

  private boolean retained(Chunk chunk) {
    while (cursor.position().isAfter(retainedThrough)) {
      FramePage page = replay.takeRetained(retainedThrough, cursor.position());
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
    cursor.stand(chunk);
    return true;
  }

  private boolean stream(Chunk chunk) {
    return switch (cursor.next(chunk)) {
      case WRITTEN -> true;
      case NOTHING_YET -> false;
      case LOST -> {
        retainedThrough = EventId.NONE;
        phase = Phase.RETAINED;
        yield true;
      }
      case TOO_SLOW -> {
        end(Ending.TOO_SLOW);
        yield farewell(chunk, Ending.TOO_SLOW);
      }
    };
  }

  private void counted(int events) {
    long sum = sentEvents + events;
    sentEvents = sum;
    lifespan.eventWritten();
    hub.metrics().delivered(events);
  }

  private void dropped(long events) {
    hub.metrics().dropped(events);
    warnOfOverflow(events);
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

  private boolean heartbeat(Chunk chunk) {
    EventId moved = phase == Phase.STREAMING ? cursor.unsaid() : null;
    chunk.set(encoder.heartbeat(moved, hub.now(), hub.connections()));
    return true;
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
