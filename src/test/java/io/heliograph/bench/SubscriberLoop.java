package io.heliograph.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that reads every subscriber's connection.
 *
 * <p>All state of groups and subscribers is this thread's; others {@link #ask} it. It opens new
 * connections a few at a time, so that a server's accept queue is not what is measured.
 */
final class SubscriberLoop implements Runnable {
  /** Below any accept queue, and enough to keep a server busy with accepting. */
  private static final int OPENING_AT_ONCE = 64;

  private static final int READ_BYTES = 256 * 1024;
  private static final long SELECT_MILLIS = 100;

  private final Selector selector;
  private final ByteBuffer direct = ByteBuffer.allocateDirect(READ_BYTES);
  private final byte[] bytes = new byte[READ_BYTES];
  private final List<SubscriberGroup> groups = new CopyOnWriteArrayList<>();
  private final Queue<Runnable> questions = new ConcurrentLinkedQueue<>();

  SubscriberLoop() throws IOException {
    selector = Selector.open();
  }

  /** Begins to open the group's connections. */
  void add(SubscriberGroup group) {
    groups.add(group);
    selector.wakeup();
  }

  /** Closes the group's connections and forgets it. */
  void remove(SubscriberGroup group) {
    ask(
        () -> {
          group.closeAll();
          return groups.remove(group);
        });
  }

  /** What {@code question} answers on the loop's thread. Waits for it. */
  <T> T ask(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    questions.add(
        () -> {
          try {
            answer.complete(question.get());
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    selector.wakeup();
    return answer.join();
  }

  @Override
  public void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        selector.select(this::handle, SELECT_MILLIS);
        for (Runnable question = questions.poll(); question != null; question = questions.poll()) {
          question.run();
        }
        groups.forEach(this::openMore);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void openMore(SubscriberGroup group) {
    for (@Nullable Subscriber next = group.nextToOpen(OPENING_AT_ONCE);
        next != null;
        next = group.nextToOpen(OPENING_AT_ONCE)) {
      try {
        next.open(selector);
      } catch (IOException e) {
        group.noteEnd(next, e);
      }
    }
  }

  private void handle(SelectionKey key) {
    Subscriber subscriber = (Subscriber) key.attachment();
    try {
      if (key.isConnectable()) {
        subscriber.finishConnect();
      } else if (!subscriber.read(direct, bytes)) {
        subscriber.group().noteEnd(subscriber, null);
      }
    } catch (IOException | CancelledKeyException e) {
      subscriber.group().noteEnd(subscriber, e);
    }
  }
}
