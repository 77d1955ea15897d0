package io.heliograph.log;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of this node that writes to the log.
 *
 * <p><b>Group commit.</b> A commit costs a trip to the disk whatever it carries. So publications
 * wait in a queue while one is under way, and all that waited goes into the next, in arrival order:
 * alone a publication is committed at once, under load hundreds share a commit, and nobody chose a
 * delay.
 *
 * <p><b>States.</b> Running; stopping: nothing new is taken, what waits is finished; stopped. A
 * publication is waiting, then in the one batch that is being appended, then its stage is
 * completed: with the receipt after a durable commit, or exceptionally.
 *
 * <p><b>Ambiguity.</b> When the log was lost during a commit the same batch is repeated under the
 * same number, which stores it at most once. From the first {@link OutcomeUnknownException} on no
 * failure of a repetition means "nothing was stored" any more. After a few tries its publishers are
 * told that the outcome is unknown; the queue goes on with the next number.
 *
 * <p><b>Threads and order.</b> {@link #lock} guards the queues and the state; nothing is called
 * while it is held but the queues themselves. Stages are completed by the appending thread in
 * arrival order, after the commit, without the lock: what depends on a stage runs on that thread
 * unless it was registered with {@code ...Async}, and then all other publishers wait for it. Trims
 * run on the same thread, one between two batches, so neither keeps the other from going on.
 */
public final class Appender implements AutoCloseable {
  /** Events in one batch at most: bounds what one failure makes ambiguous, and a reader's lag. */
  static final int BATCH_EVENTS = 1_000;

  /** Bytes in one batch at most, unless one publication is larger; what one request may carry. */
  static final long BATCH_BYTES = 8L << 20;

  /** How often a batch of unknown outcome is tried, the first time included. */
  private static final int TRIES = 4;

  /** Between two tries: together with the log's own waiting, publishers know within seconds. */
  private static final Duration TRY_PAUSE = Duration.ofMillis(500);

  /**
   * How long a closing waits for what is queued, and again for what is being tried; together 1 s of
   * the 5 s that a stopping node has.
   */
  private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(500);

  /** What takes longer does not come back; longer than the log's own waiting. */
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(10);

  private static final System.Logger LOG = System.getLogger(Appender.class.getName());

  private final EventLog log;
  private final String node;
  private final int queueEvents;
  private final long queueBytes;
  private final Duration tryPause;
  private final Duration closeTimeout;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private final Deque<Trim> trims = new ArrayDeque<>();
  private int queuedEvents;
  private long queuedBytes;
  private boolean isStopping;
  private boolean isAbandoned;
  private boolean isLookWanted;

  /** What the log did not take, in a row; written by the appending thread only. */
  private volatile int failures;

  /** When the appending thread went into the log, where it still is; 0 where it is not. */
  private volatile long inLogSinceNanos;

  private long lastNumber;

  /** A publication and who waits for its receipt. */
  private record Waiting(
      Publication publication, int events, long bytes, CompletableFuture<Receipt> stage) {}

  private record Trim(TrimRule rule, int slice, CompletableFuture<Integer> stage) {}

  /**
   * Starts appending to {@code log}, which stays the caller's to close, afterwards.
   *
   * @param node names this appender's batches: a new random one each time
   * @param queueEvents how many events may wait; more are refused
   * @param queueBytes how many bytes of data, keys and labels may wait
   */
  public Appender(
      EventLog log, UUID node, int queueEvents, long queueBytes, ThreadFactory threads) {
    this(log, node, queueEvents, queueBytes, threads, TRY_PAUSE, CLOSE_TIMEOUT);
  }

  Appender(
      EventLog log,
      UUID node,
      int queueEvents,
      long queueBytes,
      ThreadFactory threads,
      Duration tryPause,
      Duration closeTimeout) {
    this.log = log;
    this.node = node.toString();
    this.queueEvents = queueEvents;
    this.queueBytes = queueBytes;
    this.tryPause = tryPause;
    this.closeTimeout = closeTimeout;
    thread = threads.newThread(this::run);
    thread.start();
  }

  /**
   * Appends {@code publication} with whatever else waits. Any thread may call; it does not block.
   *
   * @return completed when the log has it, with its receipt. Exceptionally with {@link
   *     LogUnavailableException} if nothing was stored (the log did not answer, the queue is full,
   *     the hub is stopping) and with {@link OutcomeUnknownException} if that cannot be said
   */
  public CompletionStage<Receipt> append(Publication publication) {
    Waiting waiting =
        new Waiting(
            publication, publication.size(), publication.bytes(), new CompletableFuture<>());
    LogUnavailableException refusal = enqueue(waiting);
    if (refusal != null) {
      waiting.stage().completeExceptionally(refusal);
    }
    return waiting.stage().minimalCompletionStage();
  }

  private @Nullable LogUnavailableException enqueue(Waiting waiting) {
    lock.lock();
    try {
      if (isStopping) {
        return stopping();
      }
      if (queuedEvents + waiting.events() > queueEvents
          || queuedBytes + waiting.bytes() > queueBytes) {
        return new LogUnavailableException(
            "the event log cannot keep up: "
                + queuedEvents
                + " events of "
                + queuedBytes
                + " bytes wait to be appended, "
                + waiting.events()
                + " of "
                + waiting.bytes()
                + " came, the queue takes "
                + queueEvents
                + " events or "
                + queueBytes
                + " bytes; publish more slowly, or raise heliograph.append.queue.events or .bytes");
      }
      queue.add(waiting);
      queuedEvents += waiting.events();
      queuedBytes += waiting.bytes();
      changed.signalAll();
      return null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Trims one slice between two batches; see {@link EventLog#trim}. Any thread may call; it does
   * not block.
   */
  public CompletionStage<Integer> trim(TrimRule rule, int slice) {
    Trim trim = new Trim(rule, slice, new CompletableFuture<>());
    boolean isTaken;
    lock.lock();
    try {
      isTaken = !isStopping;
      if (isTaken) {
        trims.add(trim);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    if (!isTaken) {
      trim.stage().completeExceptionally(stopping());
    }
    return trim.stage().minimalCompletionStage();
  }

  /**
   * Has the appending thread look whether the log can be written to, for {@link #isWritable}: a log
   * that nobody publishes to fails unseen, and recovers unseen. Does not block.
   */
  public void look() {
    lock.lock();
    try {
      isLookWanted = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether the log took what it was last given, or asked by {@link #look}, and answers. Does not
   * touch it, so a log that hangs hangs nobody who asks.
   */
  public boolean isWritable() {
    return isWritableAt(System.nanoTime());
  }

  boolean isWritableAt(long nowNanos) {
    long since = inLogSinceNanos;
    return failures == 0 && (since == 0 || nowNanos - since < ANSWERS_WITHIN.toNanos());
  }

  /** Whether its thread lives, or was told to end. */
  public boolean isRunning() {
    lock.lock();
    try {
      return isStopping || thread.isAlive();
    } finally {
      lock.unlock();
    }
  }

  private static LogUnavailableException stopping() {
    return new LogUnavailableException("the hub is stopping and appends nothing more");
  }

  private void run() {
    while (awaitWork()) {
      // Never 0, which means the opposite.
      inLogSinceNanos = System.nanoTime() | 1;
      List<Waiting> batch = takeBatch();
      if (!batch.isEmpty()) {
        append(batch);
      }
      Trim trim = takeTrim();
      if (trim != null) {
        trim(trim);
      }
      // A batch that was stored has shown it already.
      if (takeLook() && (batch.isEmpty() || failures > 0)) {
        lookNow();
      }
      inLogSinceNanos = 0;
    }
  }

  /** Whether there is work; false when there will be none any more. */
  private boolean awaitWork() {
    lock.lock();
    try {
      while (queue.isEmpty() && trims.isEmpty() && !isLookWanted && !isStopping) {
        changed.awaitUninterruptibly();
      }
      boolean isIdle = queue.isEmpty() && trims.isEmpty() && (!isLookWanted || isStopping);
      return !isAbandoned && !isIdle;
    } finally {
      lock.unlock();
    }
  }

  private List<Waiting> takeBatch() {
    lock.lock();
    try {
      List<Waiting> batch = new ArrayList<>();
      int events = 0;
      long bytes = 0;
      for (Waiting next = queue.peek(); next != null; next = queue.peek()) {
        events += next.events();
        bytes += next.bytes();
        if (!batch.isEmpty() && (events > BATCH_EVENTS || bytes > BATCH_BYTES)) {
          break;
        }
        batch.add(queue.remove());
        queuedEvents -= next.events();
        queuedBytes -= next.bytes();
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Trim takeTrim() {
    lock.lock();
    try {
      return trims.poll();
    } finally {
      lock.unlock();
    }
  }

  private boolean takeLook() {
    lock.lock();
    try {
      boolean was = isLookWanted;
      isLookWanted = false;
      return was;
    } finally {
      lock.unlock();
    }
  }

  private void lookNow() {
    try {
      log.requireWritable();
      recovered();
    } catch (LogUnavailableException e) {
      failed(e);
    } catch (RuntimeException | Error e) {
      failed(new LogUnavailableException("looking at it failed by a fault of the hub: " + e, e));
    }
  }

  private void append(List<Waiting> waiting) {
    lastNumber++;
    Batch batch = new Batch(node, lastNumber, waiting.stream().map(Waiting::publication).toList());
    try {
      List<Receipt> receipts = appendSettled(batch);
      recovered();
      for (int i = 0; i < receipts.size(); i++) {
        waiting.get(i).stage().complete(receipts.get(i));
      }
    } catch (LogUnavailableException | OutcomeUnknownException e) {
      failed(e);
      fail(waiting, e);
    } catch (RuntimeException | Error e) {
      LOG.log(
          Level.ERROR,
          "appending " + batch.publications().size() + " publications failed by a fault of the hub",
          e);
      fail(
          waiting,
          new OutcomeUnknownException(
              "appending failed by a fault of the hub (" + e + "); its log has the details", e));
    }
  }

  /**
   * Publishers are not told why, so the operator is: the first time with the cause, whose message
   * has the remedy, then at each doubling of the count, because busy publishers fail by the second.
   */
  private void failed(RuntimeException e) {
    int count = failures + 1;
    failures = count;
    if (count == 1) {
      LOG.log(
          Level.WARNING,
          "the event log cannot be written to; publishers are answered 503 until it can: "
              + e.getMessage(),
          e);
    } else if (Integer.bitCount(count) == 1) {
      LOG.log(
          Level.WARNING,
          "the event log could not be written to {0} times by now: {1}",
          count,
          e.getMessage());
    }
  }

  private void recovered() {
    if (failures > 0) {
      LOG.log(Level.INFO, "the event log can be written to again, after {0} failures", failures);
      failures = 0;
    }
  }

  private static void fail(List<Waiting> waiting, RuntimeException e) {
    for (Waiting one : waiting) {
      one.stage().completeExceptionally(e);
    }
  }

  private List<Receipt> appendSettled(Batch batch) {
    OutcomeUnknownException unknown = null;
    for (int tries = 1; ; tries++) {
      try {
        return log.append(batch);
      } catch (OutcomeUnknownException e) {
        unknown = e;
      } catch (LogUnavailableException e) {
        if (unknown == null) {
          throw e;
        }
        unknown.addSuppressed(e);
      }
      if (tries == TRIES || !pauseBeforeNextTry()) {
        throw unknown;
      }
    }
  }

  /** Waits a moment; false if the hub cannot wait any longer. */
  private boolean pauseBeforeNextTry() {
    lock.lock();
    try {
      long nanos = tryPause.toNanos();
      while (nanos > 0 && !isAbandoned) {
        nanos = changed.awaitNanos(nanos);
      }
      return !isAbandoned;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Does not count as a recovery: it may have found nothing to write. */
  private void trim(Trim trim) {
    try {
      trim.stage().complete(log.trim(trim.rule(), trim.slice()));
    } catch (LogUnavailableException e) {
      failed(e);
      trim.stage().completeExceptionally(e);
    } catch (RuntimeException | Error e) {
      trim.stage().completeExceptionally(e);
    }
  }

  /**
   * Takes nothing more, finishes what waits as far as that is possible in a few seconds, fails the
   * rest, and ends the thread.
   */
  @Override
  public void close() {
    stop(false);
    if (!join(closeTimeout)) {
      stop(true);
      if (!join(closeTimeout)) {
        LOG.log(
            Level.WARNING,
            "the appending thread is still in the database after {0}; its disk does not answer",
            closeTimeout.multipliedBy(2));
      }
    }
    List<Waiting> waiting = new ArrayList<>();
    List<Trim> waitingTrims = new ArrayList<>();
    lock.lock();
    try {
      waiting.addAll(queue);
      queue.clear();
      waitingTrims.addAll(trims);
      trims.clear();
    } finally {
      lock.unlock();
    }
    fail(waiting, stopping());
    for (Trim trim : waitingTrims) {
      trim.stage().completeExceptionally(stopping());
    }
  }

  private void stop(boolean abandon) {
    lock.lock();
    try {
      isStopping = true;
      isAbandoned |= abandon;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean join(Duration timeout) {
    try {
      thread.join(timeout.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }
}
