package io.heliograph.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads an event stream as a browser would: keeps the position of the last whole block and presents
 * it when it comes back.
 *
 * <p>Configured and connected by one thread. Blocks go to the listener, in the loop's thread, or
 * else are kept for {@link #next}.
 */
final class SseClient {
  /** How a connection ended. */
  enum End {
    /** The server said that it was over. */
    CLEAN,
    /** In the middle of the response, or before there was one. */
    CUT
  }

  private final ClientLoop loop;
  private final URI url;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private volatile Consumer<Block> listener;
  private int receiveBufferBytes;
  private @Nullable Duration pause;

  private final BlockingQueue<Block> blocks = new LinkedBlockingQueue<>();
  private volatile String position = "";
  private final AtomicInteger connects = new AtomicInteger();
  private volatile Connection connection;

  SseClient(ClientLoop loop, URI url) {
    this.loop = loop;
    this.url = url;
    this.listener = blocks::add;
    this.connection = new Connection();
    headers.put("Accept", "text/event-stream");
  }

  SseClient header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  /** Begins there: presented as Last-Event-ID. */
  SseClient at(String lastEventId) {
    position = lastEventId;
    return this;
  }

  SseClient at(long lastEventId) {
    return at(Long.toString(lastEventId));
  }

  /** Gives every block to {@code to} instead of keeping it. */
  SseClient to(Consumer<Block> to) {
    listener = to;
    return this;
  }

  /** Comes back by itself, this long after whatever ended a connection. */
  SseClient comingBackAfter(Duration delay) {
    pause = delay;
    return this;
  }

  /** So little fits between the server's socket and this one, that it is noticed when we stop. */
  SseClient withReceiveBuffer(int bytes) {
    receiveBufferBytes = bytes;
    return this;
  }

  SseClient connect() {
    Connection begun = new Connection();
    connection = begun;
    loop.run(begun::begin);
    return this;
  }

  /** Goes away and comes back with its position, at once. */
  void comeBack() {
    loop.run(
        () -> {
          connection.close();
          connection = new Connection();
          connection.begin();
        });
  }

  /** Goes away, for good. */
  void leave() {
    loop.call(
        () -> {
          pause = null;
          connection.close();
          return true;
        });
  }

  /** Reads no more, and lets the socket fill. */
  void stopReading() {
    loop.call(() -> connection.interest(0));
  }

  void readOn() {
    loop.call(() -> connection.interest(SelectionKey.OP_READ));
  }

  /** The id of the last whole block that had one; empty before. */
  String position() {
    return position;
  }

  /** How often it has connected. */
  int connects() {
    return connects.get();
  }

  /** The response's head, once it is here. */
  Response awaitHead() {
    return Waiting.until("a response from " + url, connection.head);
  }

  End awaitEnd() {
    return Waiting.until("the end of " + url, connection.end);
  }

  boolean isEnded() {
    return connection.end.isDone();
  }

  /** The body of a response that is no stream, once it is complete. */
  String awaitBody() {
    awaitHead();
    awaitEnd();
    return connection.other.toString(StandardCharsets.UTF_8);
  }

  /** The next block, waiting for it; fails if the connection ended without one. */
  Block next() {
    Connection current = connection;
    long deadline = System.nanoTime() + Waiting.DEADLINE.toNanos();
    try {
      while (System.nanoTime() - deadline < 0) {
        boolean isLast = current.end.isDone();
        Block block = blocks.poll(isLast ? 0 : 20, TimeUnit.MILLISECONDS);
        if (block != null) {
          return block;
        }
        if (isLast) {
          throw new AssertionError("the connection ended (" + awaitEnd() + ") before the block");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new AssertionError("no block came within " + Waiting.DEADLINE);
  }

  /** The next block that a client would dispatch. */
  Block nextEvent() {
    Block block = next();
    while (!block.isEvent()) {
      block = next();
    }
    return block;
  }

  /** The next event of that name; others are passed by. */
  Block nextEvent(String name) {
    Block block = nextEvent();
    while (!name.equals(block.name())) {
      block = nextEvent();
    }
    return block;
  }

  /** Reads on to the block that says where the connection stands, and gives its id. */
  long awaitStanding() {
    Block block = next();
    while (!block.isIdOnly()) {
      block = next();
    }
    return block.number();
  }

  /** What is here and was not taken; does not wait. */
  @Nullable Block poll() {
    return blocks.poll();
  }

  private void take(Block block) {
    if (block.id() != null) {
      position = block.id();
    }
    listener.accept(block);
  }

  /** One attempt; all but the futures is the loop's own. */
  private final class Connection implements ClientLoop.Handler {
    private final CompletableFuture<Response> head = new CompletableFuture<>();
    private final CompletableFuture<End> end = new CompletableFuture<>();
    private final ByteArrayOutputStream other = new ByteArrayOutputStream();
    private final SseParser parser = new SseParser(SseClient.this::take);
    private final Response response = new Response(this::headRead, this::body);
    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;

    void begin() {
      try {
        connects.incrementAndGet();
        SocketChannel opened = SocketChannel.open();
        channel = opened;
        opened.configureBlocking(false);
        if (receiveBufferBytes > 0) {
          opened.setOption(StandardSocketOptions.SO_RCVBUF, receiveBufferBytes);
        }
        opened.connect(new InetSocketAddress(url.getHost(), url.getPort()));
        key = opened.register(loop.selector(), SelectionKey.OP_CONNECT, this);
      } catch (IOException e) {
        ended(End.CUT);
      }
    }

    boolean interest(int operations) {
      if (key == null || !key.isValid()) {
        throw new AssertionError("the connection is over: " + end);
      }
      key.interestOps(operations);
      return true;
    }

    @Override
    public void ready(SelectionKey ready) throws IOException {
      SocketChannel open = (SocketChannel) ready.channel();
      if (ready.isConnectable()) {
        open.finishConnect();
        ByteBuffer request = ByteBuffer.wrap(request());
        open.write(request);
        if (request.hasRemaining()) {
          throw new IOException("a new socket did not take a request");
        }
        ready.interestOps(SelectionKey.OP_READ);
        return;
      }
      ByteBuffer buffer = loop.buffer();
      int count = open.read(buffer);
      if (count < 0) {
        close();
        ended(response.isComplete() ? End.CLEAN : End.CUT);
        return;
      }
      byte[] bytes = loop.bytes();
      buffer.flip().get(bytes, 0, count);
      response.feed(bytes, count);
      if (response.isComplete()) {
        close();
        ended(End.CLEAN);
      }
    }

    @Override
    public void failed(Throwable failure) {
      if (!(failure instanceof IOException)) {
        loop.fault(failure);
      }
      close();
      ended(End.CUT);
    }

    private byte[] request() {
      StringBuilder text = new StringBuilder(256);
      String query = url.getRawQuery();
      text.append("GET ").append(url.getRawPath()).append(query == null ? "" : "?" + query);
      text.append(" HTTP/1.1\r\nHost: ").append(url.getAuthority()).append("\r\n");
      headers.forEach((name, value) -> text.append(name + ": " + value + "\r\n"));
      if (!position.isEmpty()) {
        text.append("Last-Event-ID: ").append(position).append("\r\n");
      }
      return text.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private void headRead() {
      head.complete(response);
    }

    private void body(byte[] bytes, int from, int to) {
      if (response.status() == 200) {
        parser.feed(bytes, from, to);
      } else {
        other.write(bytes, from, to - from);
      }
    }

    private void ended(End how) {
      if (!end.isDone()) {
        head.completeExceptionally(new IOException("the connection ended before a response"));
        end.complete(how);
        Duration delay = pause;
        if (delay != null && connection == this) {
          loop.after(
              delay,
              () -> {
                if (connection == this && pause != null) {
                  connection = new Connection();
                  connection.begin();
                }
              });
        }
      }
    }

    void close() {
      try {
        if (channel != null) {
          channel.close();
        }
      } catch (IOException e) {
        loop.fault(e);
      }
    }
  }
}
