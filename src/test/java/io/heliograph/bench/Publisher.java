package io.heliograph.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Publishes as a {@link PublishOrder} says, on the thread that calls it.
 *
 * <p>At a rate, an event carries the time at which it was due and not the one at which it was sent:
 * a server that stalls its publisher must not thereby hide how late it delivers.
 *
 * <p>The first request that is refused ends it, because what follows could not be told from a loss.
 */
final class Publisher implements Callable<Fields> {
  private static final int READ_BYTES = 256 * 1024;

  /** No answer and no room in the window for so long: the server has stopped. */
  private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** How often a full window is looked at: far shorter than a delivery through it takes. */
  private static final long WINDOW_POLL_NANOS = 50_000;

  /** Selectors wait in whole milliseconds; shorter waits are parked. */
  private static final long SHORTEST_SELECT_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** Walks keys in an order that is neither theirs nor random; prime to any count of keys. */
  private static final long KEY_STRIDE = 7_919;

  private final PublishOrder order;
  private final Sequences sequences;
  private final @Nullable SubscriberGroup readers;
  private final long deliveredBefore;
  private final EventWriter writer;
  private final Selector selector;
  private final Queue<Connection> idle = new ArrayDeque<>();
  private final LatencyHistogram answers = new LatencyHistogram();
  private final byte[] bytes = new byte[READ_BYTES];
  private final ByteBuffer buffer = ByteBuffer.wrap(bytes);

  private long startNanos;
  private long endNanos;
  private long lastProgressNanos;
  private long sent;
  private long answered;
  private int outstanding;
  private @Nullable String failure;

  Publisher(PublishOrder order, Sequences sequences, @Nullable SubscriberGroup readers)
      throws IOException {
    this.order = order;
    this.sequences = sequences;
    this.readers = readers;
    this.deliveredBefore = readers == null ? 0 : readers.delivered();
    this.writer = new EventWriter(order);
    this.selector = Selector.open();
  }

  /** Publishes it all, and answers how that went. */
  @Override
  public Fields call() throws IOException {
    try {
      for (int number = 0; number < order.connections(); number++) {
        idle.add(new Connection());
      }
      startNanos = System.nanoTime();
      endNanos = startNanos + TimeUnit.MILLISECONDS.toNanos(order.millis());
      lastProgressNanos = startNanos;
      while (step()) {
        selector.selectNow(this::handle);
      }
      return result();
    } finally {
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      selector.close();
    }
  }

  /** Sends what may be sent, then waits. False once nothing is left to do. */
  private boolean step() throws IOException {
    long now = System.nanoTime();
    while (isGoing(now) && !idle.isEmpty() && isDue(now) && isWithinWindow()) {
      send(idle.remove());
      lastProgressNanos = now;
    }
    if (!isGoing(now) && outstanding == 0) {
      return false;
    }
    if (now - lastProgressNanos > STALLED_NANOS) {
      fail("no_progress_for_20_s");
      return false;
    }
    if (idle.isEmpty() || !isGoing(now)) {
      selector.select(this::handle, 1000);
    } else if (isDue(now)) {
      LockSupport.parkNanos(WINDOW_POLL_NANOS);
    } else {
      waitUntilDue(now);
    }
    return true;
  }

  private boolean isGoing(long now) {
    return failure == null && sent < order.count() && now < endNanos;
  }

  private boolean isDue(long now) {
    return order.eventsPerSecond() <= 0 || now >= dueNanos();
  }

  private long dueNanos() {
    return startNanos + (long) (sent * 1e9 / order.eventsPerSecond());
  }

  private boolean isWithinWindow() {
    if (order.window() == 0 || readers == null) {
      return true;
    }
    long behind = sent + order.batch() - order.window();
    return readers.delivered() - deliveredBefore >= behind * readers.members().size();
  }

  private void waitUntilDue(long now) throws IOException {
    long nanos = dueNanos() - now;
    if (nanos >= SHORTEST_SELECT_NANOS) {
      selector.select(this::handle, TimeUnit.NANOSECONDS.toMillis(nanos) - 1);
    } else if (nanos > 0) {
      LockSupport.parkNanos(nanos);
    }
  }

  private void send(Connection connection) throws IOException {
    long due = order.eventsPerSecond() > 0 ? dueNanos() : System.nanoTime();
    boolean isArray = order.batch() > 1;
    writer.begin(isArray);
    for (int event = 0; event < order.batch(); event++) {
      if (order.keys() == 0) {
        writer.add(-1, sequences.next(0), due);
      } else {
        int key = (int) ((sent + event) * KEY_STRIDE % order.keys());
        writer.add(key, sequences.next(key), due);
      }
    }
    sent += order.batch();
    outstanding++;
    connection.send(writer.end(isArray));
  }

  private void handle(SelectionKey key) {
    Connection connection = (Connection) key.attachment();
    try {
      connection.read();
    } catch (IOException e) {
      fail(e.toString());
    }
  }

  private void fail(String why) {
    if (failure == null) {
      failure = why;
    }
    outstanding = 0;
  }

  private Fields result() {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    return new Fields("ok")
        .with("events", sent)
        .with("answered", answered)
        .with("micros", Math.round(seconds * 1e6))
        .with("p50", answers.nanosAt(0.5))
        .with("p99", answers.nanosAt(0.99))
        .with("max", answers.highestNanos())
        .with("failed", failure == null ? 0 : 1)
        .with("why", failure == null ? "" : failure);
  }

  /** A keep-alive connection with at most one request under way. */
  private final class Connection {
    private final StringBuilder refusal = new StringBuilder();
    private final HttpResponseReader http = new HttpResponseReader(this::body);
    private SocketChannel channel;
    private SelectionKey key;
    private long sentNanos;

    Connection() throws IOException {
      channel = connect();
      key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    private SocketChannel connect() throws IOException {
      SocketChannel connected = SocketChannel.open();
      connected.connect(order.server());
      connected.socket().setTcpNoDelay(true);
      connected.configureBlocking(false);
      return connected;
    }

    void send(ByteBuffer request) throws IOException {
      if (http.isLast()) {
        key.cancel();
        channel.close();
        channel = connect();
        key = channel.register(selector, SelectionKey.OP_READ, this);
      }
      http.expectNext();
      sentNanos = System.nanoTime();
      while (request.hasRemaining()) {
        if (channel.write(request) == 0) {
          LockSupport.parkNanos(WINDOW_POLL_NANOS);
        }
      }
    }

    void read() throws IOException {
      buffer.clear();
      int length = channel.read(buffer);
      if (length < 0) {
        key.cancel();
        if (!http.isComplete()) {
          fail("the server closed the connection of a request without an answer");
        }
        return;
      }
      http.feed(bytes, 0, length);
      if (!http.isComplete()) {
        return;
      }
      if (http.status() / 100 != 2) {
        fail("status " + http.status() + ": " + refusal);
        return;
      }
      long now = System.nanoTime();
      answers.record(now - sentNanos);
      lastProgressNanos = now;
      answered += order.batch();
      outstanding--;
      idle.add(this);
    }

    private void body(byte[] body, int from, int to) {
      if (http.status() / 100 != 2) {
        refusal.append(new String(body, from, to - from, StandardCharsets.UTF_8));
      }
    }
  }
}
