package io.heliograph.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The one thread of any number of {@link SseClient}s: connects, reads and comes back without
 * blocking, so that ten thousand connections are no more than their sockets.
 *
 * <p>What a client's listener throws is kept; {@link #close} throws it again.
 */
final class ClientLoop implements AutoCloseable {
  private static final int READ_BYTES = 256 * 1024;

  private final Selector selector;
  private final Thread thread;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private volatile boolean isClosing;

  // The loop's own.
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
  private final byte[] bytes = new byte[READ_BYTES];

  private record Timer(long atNanos, Runnable task) implements Comparable<Timer> {
    @Override
    public int compareTo(Timer other) {
      return Long.compare(atNanos - other.atNanos, 0);
    }
  }

  /** Who owns a channel; called by the loop. */
  interface Handler {
    /** The channel is connected, or can be read. */
    void ready(SelectionKey key) throws IOException;

    /** {@link #ready} threw this. */
    void failed(Throwable failure);
  }

  ClientLoop() {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread = new Thread(this::run, "clients");
    thread.setDaemon(true);
    thread.start();
  }

  Selector selector() {
    return selector;
  }

  /** For a handler to read into; the loop's own. */
  ByteBuffer buffer() {
    return buffer.clear();
  }

  /** Likewise. */
  byte[] bytes() {
    return bytes;
  }

  /** Runs {@code task} in the loop, soon. Any thread. */
  void run(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  /** Runs {@code task} in the loop and waits for it. Not from the loop itself. */
  <T> T call(Supplier<T> task) {
    CompletableFuture<T> done = new CompletableFuture<>();
    run(
        () -> {
          try {
            done.complete(task.get());
          } catch (RuntimeException | Error e) {
            done.completeExceptionally(e);
          }
        });
    return Waiting.until("the clients' loop did something", done);
  }

  /** Runs {@code task} in the loop after {@code delay}. The loop only. */
  void after(Duration delay, Runnable task) {
    timers.add(new Timer(System.nanoTime() + delay.toNanos(), task));
  }

  /** Remembers what went wrong in the loop. */
  void fault(Throwable failure) {
    failures.add(failure);
  }

  private void run() {
    try {
      while (!isClosing) {
        selector.select(pauseMillis());
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          guarded(task);
        }
        long now = System.nanoTime();
        while (!timers.isEmpty() && timers.element().atNanos() - now <= 0) {
          guarded(timers.remove().task());
        }
        List<SelectionKey> ready = new ArrayList<>(selector.selectedKeys());
        selector.selectedKeys().clear();
        ready.forEach(ClientLoop::handle);
      }
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      selector.close();
    } catch (IOException e) {
      fault(e);
    }
  }

  private long pauseMillis() {
    if (timers.isEmpty()) {
      return 0;
    }
    long nanos = timers.element().atNanos() - System.nanoTime();
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      fault(e);
    }
  }

  private static void handle(SelectionKey key) {
    Handler handler = (Handler) key.attachment();
    try {
      if (key.isValid()) {
        handler.ready(key);
      }
    } catch (IOException | RuntimeException | Error e) {
      handler.failed(e);
    }
  }

  /** Closes every connection, and fails with whatever went wrong in the loop. */
  @Override
  public void close() {
    isClosing = true;
    selector.wakeup();
    try {
      thread.join(Waiting.DEADLINE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!failures.isEmpty()) {
      AssertionError all = new AssertionError(failures.size() + " clients failed");
      failures.stream().limit(5).forEach(all::addSuppressed);
      throw all;
    }
  }
}
