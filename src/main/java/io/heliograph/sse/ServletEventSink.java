package io.heliograph.sse;

import io.heliograph.container.ServerConnection;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseEventSink;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection: a non-blocking writer over a servlet response, and a JAX-RS {@code SseEventSink}.
 *
 * <h2>Who may touch what</h2>
 *
 * <p>{@link #pump()} is guarded by a work-in-progress counter. Whoever raises it from zero owns the
 * connection until it is back at zero; everybody else has only left word that there is work. The
 * owner alone touches response, stream and {@code AsyncContext}, calls the {@link Source} and
 * changes {@link #phase}. No lock is held, so nobody waits for a socket: a write either goes into
 * the container's buffers or {@code isReady()} says no and the pump returns.
 *
 * <h2>States</h2>
 *
 * <pre>
 *   IDLE --close or abort--------------------------------> DONE (completed by the owner, nothing was written)
 *    |-----terminal callback-----------------------------> DONE (as below; somebody else answered, or the client went)
 *    `----start--> OPEN --close, nothing left to write---> DONE (completed by the owner)
 *                    |----abort--------------------------> DONE (completed by the owner, unwritten rest lost)
 *                    |----write or isReady throws--------> DONE (completed by the owner unless a callback came first)
 *                    `----terminal callback--------------> DONE (the container completes; untouched from here on)
 * </pre>
 *
 * <p>DONE is entered once, by the owner, which then calls {@link Source#ended}; a source that comes
 * too late is told so at once. In OPEN, {@link #canWrite} follows the servlet contract: false from
 * the start and after {@code isReady()} was false, until {@code onWritePossible} makes it true. The
 * owner clears it before it asks {@code isReady()}, so a callback between the two is not lost.
 * Payara calls {@code onWritePossible} inside {@code setWriteListener}: it then finds the counter
 * raised and leaves word.
 *
 * <h2>Why a terminal callback waits</h2>
 *
 * <p>Containers recycle request, response and {@code AsyncContext} once such a callback has
 * returned; a late write would land in a stranger's response. So the callback raises {@link
 * #isTerminal} and returns only when the owner, if it is another thread, has reached DONE: it sees
 * the flag before its next touch. For the same reason a failed write may still be followed by
 * {@code complete()}: whatever would recycle the objects has to tell us first, and waits for us.
 */
public final class ServletEventSink implements SseEventSink {

  /** Where a sink gets its bytes; called by the sink's owner only, one call at a time. */
  public interface Source {
    /**
     * Fills {@code chunk} with whole blocks to be written next and says so; false if there is
     * nothing now. Must not block. Called only when the socket takes bytes, so what is handed out
     * is written next.
     */
    boolean next(Chunk chunk);

    /**
     * The connection is over and the last call was made.
     *
     * @param failure what broke it, or null if this side ended it
     */
    void ended(@Nullable Throwable failure);
  }

  /** What one connection may hold of {@code send}'s events before it refuses more. */
  static final int OUTBOX_EVENTS = 64;

  /**
   * At most so much is written between two questions whether the container would take more: what it
   * takes without being asked it must buffer.
   */
  static final int WRITE_BYTES = 32 * 1024;

  /** Far beyond any one non-blocking write; reaching it means a container's call never returned. */
  private static final Duration TERMINAL_WAIT_LIMIT = Duration.ofSeconds(10);

  private static final Logger LOG = System.getLogger(ServletEventSink.class.getName());

  private enum Phase {
    IDLE,
    OPEN,
    DONE
  }

  private record Outgoing(byte[] block, CompletableFuture<Object> sent) {}

  private final String id = UUID.randomUUID().toString();
  private final AsyncContext async;
  private final HttpServletResponse response;
  private final OutboundEventEncoder encoder;
  private final LongSupplier nanoClock;
  private final BiConsumer<ServletEventSink, HttpServletResponse> head;
  private final Runnable pause;
  private final Callbacks callbacks = new Callbacks();

  private final AtomicBoolean hasStarted = new AtomicBoolean();
  private final AtomicInteger workInProgress = new AtomicInteger();
  private final ConcurrentLinkedQueue<Outgoing> outbox = new ConcurrentLinkedQueue<>();
  private final AtomicInteger outboxSize = new AtomicInteger();

  // Set by anyone, read by the owner.
  private volatile @Nullable Source starting;
  private volatile boolean canWrite;
  private volatile boolean isClosing;
  private volatile boolean isAborted;
  private volatile boolean isTerminal;
  private volatile @Nullable Throwable terminalFailure;

  // Written by the owner, read by anyone.
  private volatile Phase phase = Phase.IDLE;
  private volatile @Nullable Thread owner;
  private volatile long stalledSinceNanos;
  private volatile boolean isStalled;

  // The owner's own.
  private final Chunk chunk = new Chunk();
  private @Nullable Source source;
  private @Nullable ServletOutputStream out;
  private @Nullable Outgoing current;
  private boolean isUnflushed;

  /**
   * @param async started, by the JAX-RS runtime or the caller, on the thread that starts it; nobody
   *     else touches it or its response from {@link #start} on
   * @param nanoClock monotone nanoseconds
   * @param head sets status and headers, when there is a source and the container has not ended it
   */
  public ServletEventSink(
      AsyncContext async,
      OutboundEventEncoder encoder,
      LongSupplier nanoClock,
      BiConsumer<ServletEventSink, HttpServletResponse> head) {
    this(async, encoder, nanoClock, head, () -> LockSupport.parkNanos(10_000));
  }

  /**
   * @param pause what a terminal callback does again and again while it waits for the owner
   */
  ServletEventSink(
      AsyncContext async,
      OutboundEventEncoder encoder,
      LongSupplier nanoClock,
      BiConsumer<ServletEventSink, HttpServletResponse> head,
      Runnable pause) {
    this.async = async;
    this.head = head;
    this.response = (HttpServletResponse) async.getResponse();
    this.encoder = encoder;
    this.nanoClock = nanoClock;
    this.pause = pause;
    // Here, on the request's own thread: after it has left, a container refuses both.
    async.setTimeout(0);
    async.addListener(callbacks);
  }

  /** The connection's own name, random. */
  public String id() {
    return id;
  }

  /**
   * Begins to write what {@code source} gives. The response's headers go out with the first block.
   * If the sink is closed already, {@code source} is only told that it ended.
   *
   * @throws IllegalStateException if it has a source already
   */
  public void start(Source source) {
    if (!hasStarted.compareAndSet(false, true)) {
      if (phase == Phase.DONE) {
        tellEnded(source, terminalFailure);
        return;
      }
      throw new IllegalStateException(
          "the sink is registered already; a connection reads one stream, open another sink");
    }
    starting = source;
    pump();
  }

  /** Writes what there is to write, as far as the socket takes it; never blocks. Any thread. */
  public void pump() {
    if (workInProgress.getAndIncrement() == 0) {
      drain();
    }
  }

  /**
   * Writes {@code event} between two blocks of the source.
   *
   * @return completes when the container has taken the event's last byte; exceptionally if the
   *     connection ends before, or if 64 events wait already
   * @throws IllegalStateException if the sink is closed
   */
  @Override
  public CompletionStage<?> send(OutboundSseEvent event) {
    if (isClosed()) {
      throw new IllegalStateException("the sink is closed; nothing can be sent to it any more");
    }
    if (outboxSize.incrementAndGet() > OUTBOX_EVENTS) {
      outboxSize.decrementAndGet();
      return CompletableFuture.failedFuture(
          new IllegalStateException(
              OUTBOX_EVENTS
                  + " events wait for this connection already, which is the limit; wait for their"
                  + " stages, or publish to a stream, which holds any number"));
    }
    Outgoing outgoing;
    try {
      outgoing = new Outgoing(encoder.encode(event), new CompletableFuture<>());
    } catch (IOException | RuntimeException e) {
      outboxSize.decrementAndGet();
      return CompletableFuture.failedFuture(e);
    }
    outbox.add(outgoing);
    pump();
    return outgoing.sent();
  }

  @Override
  public boolean isClosed() {
    return isClosing || isTerminal || isAborted || phase == Phase.DONE;
  }

  /**
   * Ends the response after what the source has handed out and what was given to {@link #send} has
   * been written; the source is not asked again. One without a source yet ends at once, and what
   * was given to {@code send} fails. Any thread; does not wait.
   */
  @Override
  public void close() {
    isClosing = true;
    pump();
  }

  /** Ends the response at once, whatever is unwritten. Any thread; does not wait. */
  public void abort() {
    isAborted = true;
    pump();
  }

  /** How long the container has refused to take bytes; zero while it takes them. */
  public Duration stalledFor() {
    return isStalled
        ? Duration.ofNanos(Math.max(0, nanoClock.getAsLong() - stalledSinceNanos))
        : Duration.ZERO;
  }

  private void drain() {
    int missed = 1;
    do {
      owner = Thread.currentThread();
      drive();
      owner = null;
      missed = workInProgress.addAndGet(-missed);
    } while (missed != 0);
  }

  private void drive() {
    try {
      Source first = starting;
      if (phase == Phase.IDLE && first != null && !isTerminal) {
        begin(first);
      }
      if (isTerminal && phase != Phase.DONE) {
        finish(terminalFailure);
      } else if (isAborted && phase != Phase.DONE) {
        cut();
      } else if (phase == Phase.OPEN) {
        write();
      } else if (isClosing && phase == Phase.IDLE) {
        complete(null);
      }
    } catch (Throwable e) {
      // An Error too: whoever let it pass would leave the counter raised and the connection stuck.
      if (phase != Phase.DONE) {
        fail(e);
      }
    }
    if (phase == Phase.DONE) {
      failOutbox();
      Source late = starting;
      if (late != null) {
        starting = null;
        tellEnded(late, terminalFailure);
      }
    }
  }

  private void begin(Source first) throws IOException {
    source = first;
    starting = null;
    phase = Phase.OPEN;
    ServerConnection.boundSendBuffer(async);
    ServerConnection.passWritesOn(response);
    head.accept(this, response);
    ServletOutputStream stream = response.getOutputStream();
    out = stream;
    stream.setWriteListener(callbacks);
  }

  private void write() throws IOException {
    ServletOutputStream stream = out;
    if (stream == null) {
      return;
    }
    while (isReady(stream)) {
      if (chunk.remaining() > 0 || refill()) {
        int count = Math.min(chunk.remaining(), WRITE_BYTES);
        stream.write(chunk.bytes(), chunk.from(), count);
        isUnflushed = true;
        chunk.advance(count);
        if (chunk.remaining() == 0) {
          sent();
        }
      } else if (isUnflushed) {
        stream.flush();
        isUnflushed = false;
      } else {
        if (isClosing) {
          complete(null);
        }
        return;
      }
    }
  }

  private boolean isReady(ServletOutputStream stream) {
    if (isTerminal || isAborted || !canWrite) {
      return false;
    }
    canWrite = false;
    if (stream.isReady()) {
      canWrite = true;
      isStalled = false;
      return true;
    }
    stalledSinceNanos = nanoClock.getAsLong();
    isStalled = true;
    return false;
  }

  private boolean refill() {
    Outgoing outgoing = outbox.poll();
    if (outgoing != null) {
      outboxSize.decrementAndGet();
      current = outgoing;
      chunk.set(outgoing.block());
      return true;
    }
    Source from = source;
    return !isClosing && from != null && from.next(chunk) && chunk.remaining() > 0;
  }

  private void sent() {
    Outgoing done = current;
    if (done != null) {
      current = null;
      done.sent().complete(true);
    }
  }

  private void cut() {
    ServerConnection.cut(async);
    // The container may have called back inside the cut, and recycled everything since.
    if (isTerminal) {
      finish(terminalFailure);
    } else {
      complete(null);
    }
  }

  private void fail(Throwable failure) {
    if (isTerminal) {
      finish(failure);
    } else {
      complete(failure);
    }
  }

  private void complete(@Nullable Throwable failure) {
    try {
      async.complete();
    } catch (RuntimeException e) {
      // The container ended it at the same moment; that is what was wanted.
      LOG.log(Level.DEBUG, "complete() of a connection that was over already", e);
    }
    finish(failure);
  }

  private void finish(@Nullable Throwable failure) {
    if (phase == Phase.DONE) {
      return;
    }
    phase = Phase.DONE;
    isStalled = false;
    chunk.clear();
    out = null;
    Outgoing halfSent = current;
    current = null;
    if (halfSent != null) {
      halfSent.sent().completeExceptionally(lost());
    }
    Source lastSource = source;
    source = null;
    if (lastSource != null) {
      tellEnded(lastSource, failure);
    }
  }

  private static void tellEnded(Source over, @Nullable Throwable failure) {
    try {
      over.ended(failure);
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "what was to be done at a connection's end failed", e);
    }
  }

  private void failOutbox() {
    for (Outgoing waiting = outbox.poll(); waiting != null; waiting = outbox.poll()) {
      outboxSize.decrementAndGet();
      waiting.sent().completeExceptionally(lost());
    }
  }

  private static IllegalStateException lost() {
    return new IllegalStateException("the connection ended before the event was sent");
  }

  /** The container says that it is over: see "Why a terminal callback waits". */
  private void terminate(@Nullable Throwable failure) {
    terminalFailure = failure;
    isTerminal = true;
    pump();
    if (owner == Thread.currentThread()) {
      return;
    }
    long deadline = System.nanoTime() + TERMINAL_WAIT_LIMIT.toNanos();
    while (phase != Phase.DONE) {
      if (System.nanoTime() > deadline) {
        LOG.log(
            Level.WARNING,
            "a write to a connection that ended has not returned after {0} s; the container''s"
                + " call hangs in thread {1}",
            TERMINAL_WAIT_LIMIT.toSeconds(),
            owner);
        return;
      }
      pause.run();
    }
  }

  private final class Callbacks implements WriteListener, AsyncListener {
    @Override
    public void onWritePossible() {
      canWrite = true;
      pump();
    }

    @Override
    public void onError(Throwable failure) {
      terminate(failure);
    }

    @Override
    public void onError(AsyncEvent event) {
      terminate(event.getThrowable());
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      terminate(new IOException("the container timed the connection out"));
    }

    @Override
    public void onComplete(AsyncEvent event) {
      terminate(null);
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      // Nobody starts it anew.
    }
  }
}
