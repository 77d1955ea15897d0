package io.heliograph.bench;

import io.heliograph.embedded.TestCaller;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One connection that reads a stream and checks what comes.
 *
 * <p>It is ready once it stands somewhere: after the first block with an id (the hub) or with an
 * event (the textbook, which greets). Everything published from then on must reach it. Lives on its
 * {@link SubscriberLoop}'s thread.
 */
final class Subscriber {
  /** The event that is measured; all others are the server's own. */
  static final String EVENT_NAME = "bench";

  private static final long BENCH = SseReader.packed(EVENT_NAME);
  private static final long GAP = SseReader.packed("gap");
  private static final long ERROR = SseReader.packed("error");
  private static final long BYE = SseReader.packed("bye");

  /**
   * Connections are spread over so many loopback addresses, because one has 28,000 ports and a
   * closed connection keeps its own for a minute.
   */
  private static final int SOURCE_ADDRESSES = 8;

  private static final int LONGEST_REFUSAL = 400;

  private final SubscriberGroup group;
  private final int number;
  private final SseReader sse = new SseReader(this::block);
  private final DeliveryLedger ledger = new DeliveryLedger();
  private @Nullable HttpResponseReader http;
  private @Nullable SocketChannel channel;
  private @Nullable SelectionKey key;
  private @Nullable StringBuilder refusal;
  private boolean isReady;
  private long lastId;
  private long readAtNanos;

  Subscriber(SubscriberGroup group, int number) {
    this.group = group;
    this.number = number;
  }

  SubscriberGroup group() {
    return group;
  }

  int number() {
    return number;
  }

  boolean isReady() {
    return isReady;
  }

  DeliveryLedger ledger() {
    return ledger;
  }

  void open(Selector selector) throws IOException {
    http = new HttpResponseReader(this::body);
    sse.reset();
    isReady = false;
    refusal = null;
    SocketChannel opened = SocketChannel.open();
    channel = opened;
    opened.configureBlocking(false);
    byte[] source = {127, 0, 0, (byte) (1 + number % SOURCE_ADDRESSES)};
    opened.bind(new InetSocketAddress(InetAddress.getByAddress(source), 0));
    if (opened.connect(group.server())) {
      throw new IOException("connected at once; no selector would tell");
    }
    key = opened.register(selector, SelectionKey.OP_CONNECT, this);
  }

  void finishConnect() throws IOException {
    SocketChannel connected = open();
    connected.finishConnect();
    String position = lastId == 0 ? "" : "Last-Event-ID: " + lastId + "\r\n";
    String request =
        ("GET " + group.path(number) + " HTTP/1.1\r\n")
            + ("Host: localhost:" + group.server().getPort() + "\r\n")
            + ("Accept: text/event-stream\r\n"
                + TestCaller.HEADER
                + group.headers()
                + position
                + "\r\n");
    ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
    connected.write(bytes);
    if (bytes.hasRemaining()) {
      throw new IOException("a fresh connection did not take a request of " + bytes.limit());
    }
    interest(SelectionKey.OP_READ);
  }

  /**
   * Reads once.
   *
   * @return false at the end of the stream
   */
  boolean read(ByteBuffer direct, byte[] bytes) throws IOException {
    direct.clear();
    int length = open().read(direct);
    if (length < 0) {
      return false;
    }
    readAtNanos = System.nanoTime();
    direct.flip();
    direct.get(bytes, 0, length);
    group.countBytes(length);
    HttpResponseReader response = http;
    if (response == null) {
      throw new IOException("read before it was opened");
    }
    response.feed(bytes, 0, length);
    if (response.isComplete() && response.status() != 200) {
      throw new ProtocolException("status " + response.status() + ": " + refusal);
    }
    return !response.isComplete();
  }

  /** Stops reading, or reads on. */
  void setPaused(boolean paused) {
    interest(paused ? 0 : SelectionKey.OP_READ);
  }

  private void interest(int operations) {
    if (key != null && key.isValid()) {
      key.interestOps(operations);
    }
  }

  /** Stands {@code events} earlier than it did, for when it opens again. */
  void rewind(long events) {
    lastId -= events;
    ledger.rewind(events);
  }

  void close() {
    isReady = false;
    if (key != null) {
      key.cancel();
      key = null;
    }
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException closedAnyway) {
        group.noteFailure(closedAnyway);
      }
      channel = null;
    }
  }

  private SocketChannel open() throws IOException {
    if (channel == null) {
      throw new IOException("connection " + number + " is closed");
    }
    return channel;
  }

  private void body(byte[] bytes, int from, int to) {
    if (http != null && http.status() == 200) {
      sse.feed(bytes, from, to);
      return;
    }
    StringBuilder text = refusal == null ? new StringBuilder() : refusal;
    refusal = text;
    if (text.length() < LONGEST_REFUSAL) {
      text.append(new String(bytes, from, to - from, StandardCharsets.UTF_8));
    }
  }

  private void block(SseReader block) {
    if (block.hasId()) {
      if (lastId > block.id() || (block.hasData() && lastId == block.id())) {
        group.countIdBackwards();
      }
      lastId = block.id();
    }
    if (!isReady && (block.hasId() || block.name() != 0)) {
      isReady = true;
      group.countReady();
    }
    if (!block.hasData()) {
      return;
    }
    long name = block.name();
    if (name == BENCH) {
      ledger.record(block.first());
      group.countDelivery(readAtNanos - block.second());
    } else if (name == GAP) {
      group.countGap();
    } else if (name == ERROR) {
      group.countDropped(block.first());
    } else if (name == BYE) {
      group.countBye();
    }
  }
}
