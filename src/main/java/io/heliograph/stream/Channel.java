package io.heliograph.stream;

import io.heliograph.event.View;
import io.heliograph.sse.Frame;
import io.heliograph.sse.ServletEventSink;
import io.heliograph.stream.Admission.Slot;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseBroadcaster;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One live view of a stream: its ring of frames and all who listen to it. A JAX-RS {@code
 * SseBroadcaster} whose sinks get what is published to the stream, and what is {@link #broadcast}.
 *
 * <p>Found through {@link StreamRegistry#channel}; lives as long as somebody is attached, and a
 * grace period longer, so that one who comes back finds the ring warm.
 *
 * <p>Any thread may call it; nothing blocks, unless a foreign sink's own {@code close} does. A sink
 * of the hub's own is pumped without blocking; a foreign one, the container's, may block whoever
 * sends to it, so it is served on a pool by a {@link ForeignSubscription}.
 */
public final class Channel implements SseBroadcaster {
  private static final System.Logger LOG = System.getLogger(Channel.class.getName());

  private final View view;
  private final StreamPolicy policy;
  private final FrameEncoder encoder;
  private final FrameRing ring;
  private final StreamRegistry hub;
  private final List<Set<Attachment>> shards;
  private final AtomicInteger attached = new AtomicInteger();
  private final List<BiConsumer<SseEventSink, Throwable>> errorListeners =
      new CopyOnWriteArrayList<>();
  private final List<Consumer<SseEventSink>> closeListeners = new CopyOnWriteArrayList<>();
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private volatile long unusedSinceNanos;

  // The follower's own, while it deals a batch out.
  private @Nullable List<Frame> dealt;

  Channel(View view, StreamPolicy policy, FrameRing ring, StreamRegistry hub, int shardCount) {
    this.view = view;
    this.policy = policy;
    this.encoder = new FrameEncoder(policy);
    this.ring = ring;
    this.hub = hub;
    this.shards = new ArrayList<>(shardCount);
    for (int i = 0; i < shardCount; i++) {
      shards.add(ConcurrentHashMap.newKeySet(1));
    }
  }

  public View view() {
    return view;
  }

  public StreamPolicy policy() {
    return policy;
  }

  /** How many listen: subscriptions, foreign sinks and waiting polls. */
  public int attached() {
    return attached.get();
  }

  FrameEncoder encoder() {
    return encoder;
  }

  FrameRing ring() {
    return ring;
  }

  Iterable<Attachment> attachments(int shard) {
    return shards.get(shard);
  }

  void attach(Attachment attachment) {
    if (shards.get(attachment.shard() % shards.size()).add(attachment)) {
      attached.incrementAndGet();
    }
  }

  void detach(Attachment attachment) {
    if (shards.get(attachment.shard() % shards.size()).remove(attachment)
        && attached.decrementAndGet() == 0) {
      hub.unused(this);
    }
  }

  // Dealing out a batch; the follower only.

  /** Takes {@code frame} for the block of this batch; true if it is the batch's first here. */
  boolean deal(Frame frame) {
    List<Frame> frames = dealt;
    boolean isFirst = frames == null;
    if (frames == null) {
      frames = new ArrayList<>();
      dealt = frames;
    }
    frames.add(frame);
    return isFirst;
  }

  /** Puts what was dealt into the ring. */
  void putDealt() {
    List<Frame> frames = dealt;
    if (frames != null) {
      dealt = null;
      ring.append(FrameBlock.join(frames, ring.headOrdinal()));
    }
  }

  /** Gives up what was dealt of a batch that failed. */
  void forgetDealt() {
    dealt = null;
  }

  // JAX-RS.

  /**
   * Registers {@code sink} for what is published from now on.
   *
   * @throws IllegalStateException if the broadcaster is closed or the node stops
   */
  @Override
  public void register(SseEventSink sink) {
    if (sink instanceof ServletEventSink own) {
      register(own, StartAt.NOW, Peer.LOCAL);
    } else {
      requireOpen();
      hub.register(this, sink);
    }
  }

  /**
   * Registers {@code sink}, begins to write to it, and gives it what it wishes for.
   *
   * @throws IllegalStateException if the broadcaster is closed or the node stops
   */
  public void register(ServletEventSink sink, StartAt wish, Peer peer) {
    register(sink, wish, peer, null);
  }

  /**
   * Likewise for one that was admitted: its slot is released at its end.
   *
   * @param slot null for one that counts under no limit
   */
  public void register(ServletEventSink sink, StartAt wish, Peer peer, @Nullable Slot slot) {
    requireOpen();
    hub.register(this, sink, wish, peer, slot);
  }

  /**
   * Sends {@code event} to every sink registered now, besides what the stream holds: it is not kept
   * and has no position.
   *
   * @return completes when every sink has taken it or failed; a failure goes to {@link #onError}
   */
  @Override
  public CompletionStage<?> broadcast(OutboundSseEvent event) {
    requireOpen();
    List<CompletableFuture<?>> sent = new ArrayList<>();
    for (Registered registered : registered()) {
      sent.add(send(registered, event).toCompletableFuture());
    }
    return CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new));
  }

  private CompletionStage<?> send(Registered to, OutboundSseEvent event) {
    CompletionStage<?> stage;
    try {
      stage = to.send(event);
    } catch (IllegalStateException | RejectedExecutionException e) {
      failed(to.sink(), e);
      return CompletableFuture.completedFuture(null);
    }
    return stage.handle(
        (nothing, failure) -> {
          if (failure != null) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
            failed(to.sink(), cause == null ? failure : cause);
          }
          return nothing;
        });
  }

  @Override
  public void onError(BiConsumer<SseEventSink, Throwable> listener) {
    requireOpen();
    errorListeners.add(listener);
  }

  @Override
  public void onClose(Consumer<SseEventSink> listener) {
    requireOpen();
    closeListeners.add(listener);
  }

  /** Closes the broadcaster and every sink registered with it. */
  @Override
  public void close() {
    close(true);
  }

  /**
   * Closes the broadcaster; again without effect.
   *
   * @param cascading whether its sinks are closed too. If not they stay open, get nothing of the
   *     stream any more, and are the application's to close
   */
  @Override
  public void close(boolean cascading) {
    if (isClosed.compareAndSet(false, true)) {
      hub.retire(this);
      registered().forEach(registered -> registered.released(cascading));
    }
  }

  boolean isClosed() {
    return isClosed.get();
  }

  /** The last listener left at {@code nanos}. */
  void setUnusedSince(long nanos) {
    unusedSinceNanos = nanos;
  }

  /** Whether nobody listens, and nobody has for {@code time}. */
  boolean isUnusedFor(Duration time, long nanos) {
    return attached() == 0 && nanos - unusedSinceNanos >= time.toNanos();
  }

  /** An attachment that stands for a sink. */
  interface Registered {
    SseEventSink sink();

    /** Sends without blocking the caller. */
    CompletionStage<?> send(OutboundSseEvent event);

    /** The broadcaster was closed, and the sink with it if {@code isClosing}. */
    void released(boolean isClosing);
  }

  void failed(SseEventSink sink, Throwable failure) {
    errorListeners.forEach(listener -> tell(() -> listener.accept(sink, failure)));
  }

  void closed(SseEventSink sink) {
    closeListeners.forEach(listener -> tell(() -> listener.accept(sink)));
  }

  /** The application's listeners fail for themselves, not for one another or the connection. */
  private void tell(Runnable listener) {
    try {
      listener.run();
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.WARNING, "a listener of " + view + " failed", e);
    }
  }

  private List<Registered> registered() {
    List<Registered> all = new ArrayList<>();
    for (Set<Attachment> shard : shards) {
      for (Attachment attachment : shard) {
        if (attachment instanceof Registered registered) {
          all.add(registered);
        }
      }
    }
    return all;
  }

  private void requireOpen() {
    if (isClosed()) {
      throw new IllegalStateException("the broadcaster is closed; get another from the registry");
    }
  }
}
