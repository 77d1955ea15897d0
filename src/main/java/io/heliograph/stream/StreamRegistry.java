package io.heliograph.stream;

import io.heliograph.event.Event;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import io.heliograph.log.EventLog;
import io.heliograph.log.LogFollower;
import io.heliograph.metrics.Ending;
import io.heliograph.metrics.HubMetrics;
import io.heliograph.sse.Frame;
import io.heliograph.sse.ServletEventSink;
import io.heliograph.stream.Admission.Slot;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who listens on this node: the live channels, the connections, and the dealing out of what the
 * follower brings.
 *
 * <h2>Order</h2>
 *
 * <p>The follower calls {@link #deliver}, which says how far it goes ({@link #delivering}) before
 * it looks up any channel, and fills the rings; then it moves {@code applied}; then it calls {@link
 * #wake}, and only then evicts what is more than the rings' bounds. A new channel is put where the
 * follower finds it and then asks {@link #delivering}: what the follower dealt out without finding
 * it is not later than that, so the ring begins there. It is also noted as a newcomer before it can
 * be found, and the next {@link #wake} wakes it too: it may have missed the batch that is being
 * dealt out. A new subscription is attached before it reads {@code applied}: what it was not woken
 * for is not later than what it reads.
 *
 * <p>Any thread may call the public methods; none blocks but {@link #wake} (for workers, never for
 * sockets).
 */
public final class StreamRegistry implements LogFollower.Listener, AutoCloseable {
  /** So long a channel without listeners keeps its ring for those who come back. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  /**
   * Threads that read the log for those behind: few, so that they cannot crowd out the appender.
   */
  private static final int CATCH_UP_THREADS = 2;

  private final StreamPolicies policies;
  private final EventLog log;
  private final HubMetrics metrics;
  private final TimingWheel wheel;
  private final LongSupplier nanoClock;
  private final InstantSource clock;
  private final Executor blocking;
  private final ExecutorService catchUpPool;
  private final CatchUp catchUp;
  private final FanOut fanOut;
  private final RingBudget budget;
  private final Admission admission;
  private final OpenPolls polls;
  private final Duration drainWindow;
  private final ChannelIndex index = new ChannelIndex();
  private final OpenConnections open;
  private final AtomicInteger nextShard = new AtomicInteger();

  /** Channels that came since the last wake: the batch being dealt out may not have found them. */
  private final Set<Channel> newcomers = ConcurrentHashMap.newKeySet();

  private volatile EventId delivering;
  private volatile EventId applied;
  private volatile boolean isStopping;

  // The follower's own.
  private final List<Channel> touched = new ArrayList<>();
  private @Nullable Instant oldestDelivered;

  /** What a registry hangs on to, apart from what the streams are. */
  public record Surroundings(
      HubMetrics metrics,
      TimingWheel wheel,
      LongSupplier nanoClock,
      InstantSource clock,
      ThreadFactory threads,
      Executor blocking,
      int workers) {}

  /**
   * @param log read by those behind the rings; its head is where this node stands until {@link
   *     #beginAt}
   */
  public StreamRegistry(
      StreamPolicies policies, StreamConfig config, EventLog log, Surroundings around) {
    this(
        policies,
        config,
        log,
        around,
        Executors.newFixedThreadPool(CATCH_UP_THREADS, around.threads()));
  }

  StreamRegistry(
      StreamPolicies policies,
      StreamConfig config,
      EventLog log,
      Surroundings around,
      ExecutorService catchUpPool) {
    this.policies = policies;
    this.log = log;
    this.metrics = around.metrics();
    this.open = new OpenConnections(metrics);
    this.wheel = around.wheel();
    this.nanoClock = around.nanoClock();
    this.clock = around.clock();
    this.blocking = around.blocking();
    this.catchUpPool = catchUpPool;
    this.catchUp = new CatchUp(log, catchUpPool, wheel, config.pagesBytes(), metrics);
    this.fanOut = new FanOut(around.workers(), around.threads());
    this.budget = new RingBudget(config.ringsBytes());
    this.drainWindow = config.drainWindow();
    this.admission = new Admission(config.connections(), wheel, blocking, nanoClock);
    this.polls = new OpenPolls(this, admission);
    EventId head = log.head();
    this.delivering = head;
    this.applied = head;
    metrics.gauge("ring_bytes", "Bytes held by all rings", budget::heldBytes);
    metrics.gauge("page_bytes", "Bytes of log pages kept for others", catchUp::cachedBytes);
    metrics.gauge("channels", "Live views", index::size);
  }

  /**
   * The broadcaster of {@code view}: made if there is none.
   *
   * @throws UnknownStreamException if nobody declared its stream
   */
  public Channel channel(View view) {
    policies.require(view.stream());
    return used(view, null, channel -> {});
  }

  /** Where this node stands: every event up to here has been dealt out. */
  public EventId applied() {
    return applied;
  }

  /** Who may have one more connection. */
  public Admission admission() {
    return admission;
  }

  /** Who may wait for an event, and does. */
  public Arrivals arrivals() {
    return polls;
  }

  /** Connections open on this node. */
  public int connections() {
    return open.size();
  }

  /** The connections open on this node. */
  public OpenConnections open() {
    return open;
  }

  /** Live views on this node. */
  int channels() {
    return index.size();
  }

  /** What the rings hold, in bytes; never more than {@code heliograph.rings.bytes}. */
  public long ringBytes() {
    return budget.heldBytes();
  }

  /**
   * Does nothing if the node takes new connections.
   *
   * @throws StoppingException if it stops
   */
  public void requireTaking() {
    if (isStopping) {
      throw new StoppingException();
    }
  }

  // The follower's.

  /** Where the follower begins; before anybody is registered. */
  public void beginAt(EventId position) {
    delivering = position;
    applied = position;
  }

  @Override
  public void invalidate(EventId through) {
    delivering = EventId.max(delivering, through);
    touched.forEach(Channel::forgetDealt);
    touched.clear();
    for (Channel channel : index.all()) {
      channel.ring().invalidate(through);
      touched.add(channel);
    }
  }

  @Override
  public void deliver(List<Event> batch, EventId through) {
    delivering = through;
    for (Event event : batch) {
      dealOut(event);
    }
    for (Channel channel : touched) {
      channel.putDealt();
    }
    if (!batch.isEmpty()) {
      oldestDelivered = batch.get(0).time();
    }
  }

  private void dealOut(Event event) {
    // Whoever matches reads the same stream, under the same policy: one frame does for all.
    @Nullable Frame[] encoded = new Frame[1];
    index.forEachMatching(
        event,
        channel -> {
          Frame frame = encoded[0];
          if (frame == null) {
            frame = channel.encoder().event(event);
            encoded[0] = frame;
          }
          if (channel.deal(frame)) {
            touched.add(channel);
          }
        });
  }

  @Override
  public void wake(EventId applied) {
    this.applied = applied;
    // After applied has moved: one that comes now and is not woken reads the new one. One that
    // events do not find yet stays a newcomer: the next batch may pass it, too.
    newcomers.removeIf(channel -> index.holds(channel) && touched.add(channel));
    fanOut.wake(touched);
    for (Channel channel : touched) {
      channel.ring().evictExcess();
    }
    touched.clear();
    Instant oldest = oldestDelivered;
    if (oldest != null) {
      oldestDelivered = null;
      Duration latency = Duration.between(oldest, clock.instant());
      metrics.fannedOut(latency.isNegative() ? Duration.ZERO : latency);
    }
  }

  // Registering.

  void register(
      Channel given, ServletEventSink sink, StartAt wish, Peer peer, @Nullable Slot slot) {
    requireTaking();
    Subscription[] made = new Subscription[1];
    used(
        given.view(),
        given,
        channel -> {
          Subscription subscription = new Subscription(this, channel, sink, wish, peer, slot);
          channel.attach(subscription);
          made[0] = subscription;
        });
    Subscription subscription = made[0];
    if (!open.add(subscription)) {
      subscription.channel().detach(subscription);
      throw new IllegalStateException(
          "the sink is registered already; a connection reads one stream, open another sink");
    }
    subscription.begin();
    if (slot != null) {
      slot.heldBy(subscription);
    }
    if (isStopping) {
      subscription.end(Ending.SERVER_SHUTDOWN, comeBackIn());
    }
  }

  void register(Channel given, SseEventSink foreign) {
    requireTaking();
    ForeignSubscription[] made = new ForeignSubscription[1];
    used(
        given.view(),
        given,
        channel -> {
          ForeignSubscription subscription =
              new ForeignSubscription(
                  channel, foreign, log, metrics, this::applied, blocking, wheel, nextShard());
          channel.attach(subscription);
          made[0] = subscription;
        });
    made[0].begin(applied);
  }

  /** Does {@code use} with the channel of {@code view}, made or {@code given} if there is none. */
  Channel used(View view, @Nullable Channel given, Consumer<Channel> use) {
    boolean[] wasAdded = new boolean[1];
    Channel channel =
        index.use(
            view,
            v -> {
              wasAdded[0] = true;
              Channel added = given != null && !given.isClosed() ? given : made(v);
              newcomers.add(added);
              return added;
            },
            use);
    if (wasAdded[0]) {
      channel.ring().beginAfter(() -> delivering);
      if (channel.attached() == 0) {
        unused(channel);
      }
    }
    return channel;
  }

  private Channel made(View view) {
    StreamPolicy policy = policies.require(view.stream());
    FrameRing ring = new FrameRing(policy.bufferEvents(), policy.bufferBytes(), budget);
    return new Channel(view, policy, ring, this, fanOut.shards());
  }

  void detached(Subscription subscription, Ending reason, @Nullable Throwable failure) {
    Channel channel = subscription.channel();
    channel.detach(subscription);
    open.remove(subscription, reason);
    Slot slot = subscription.slot();
    if (slot != null) {
      slot.release();
    }
    if (failure != null) {
      channel.failed(subscription.sink(), failure);
    }
    channel.closed(subscription.sink());
  }

  /** Nobody listens to {@code channel} any more: it goes after a while, unless somebody comes. */
  void unused(Channel channel) {
    channel.setUnusedSince(nanos());
    wheel.after(
        GRACE,
        () -> {
          if (index.removeIf(channel, known -> known.isUnusedFor(GRACE, nanos()))) {
            gone(channel);
          }
        });
  }

  /** The application closed {@code channel}; the next who wants its view gets a new one. */
  void retire(Channel channel) {
    if (index.removeIf(channel, known -> true)) {
      gone(channel);
    }
  }

  private void gone(Channel channel) {
    newcomers.remove(channel);
    channel.ring().drop();
  }

  // What subscriptions and polls use.

  OpenPolls polls() {
    return polls;
  }

  boolean isStopping() {
    return isStopping;
  }

  CatchUp catchUp() {
    return catchUp;
  }

  HubMetrics metrics() {
    return metrics;
  }

  TimingWheel wheel() {
    return wheel;
  }

  boolean isKnown(EventId position) {
    return log.isKnown(position);
  }

  int nextShard() {
    return nextShard.getAndIncrement() & Integer.MAX_VALUE;
  }

  Instant now() {
    return clock.instant();
  }

  long nanos() {
    return nanoClock.getAsLong();
  }

  /** When one client is wanted back after a shutdown: another time for each. */
  Duration comeBackIn() {
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(drainWindow.toMillis() + 1));
  }

  /** From now on nobody new is taken. */
  void refuseNew() {
    isStopping = true;
    admission.stop();
    polls.stop();
  }

  @Override
  public void close() {
    isStopping = true;
    open.all().forEach(subscription -> subscription.cut(Ending.SERVER_SHUTDOWN));
    // The containers' own sinks, which are nobody's subscription.
    index.all().forEach(Channel::close);
    fanOut.close();
    catchUpPool.shutdownNow();
  }
}
