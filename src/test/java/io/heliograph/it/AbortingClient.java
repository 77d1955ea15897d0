package io.heliograph.it;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A reader of one key who comes, reads, goes without a word in one way or another, and comes back,
 * again and again. Checks every byte until it goes. The loop's own.
 */
final class AbortingClient implements ClientLoop.Handler {
  /** How it goes. */
  enum Way {
    /** Closes the socket. */
    CLOSES,
    /** Resets the connection, as one that crashed. */
    RESETS,
    /** Likewise, between two bytes of one block. */
    RESETS_IN_A_BLOCK,
    /** Stops reading, so that the server has bytes that it cannot write; then resets. */
    STOPS_READING,
    /** Resets before it has seen an answer. */
    RESETS_UNANSWERED
  }

  /** What all of them see and do together. The loop's own. */
  static final class Crowd {
    final int readers;
    final Duration meanLife;
    final Map<Way, Integer> gone = new EnumMap<>(Way.class);
    long events;
    long answers;
    boolean isOver;

    Crowd(int readers, Duration meanLife) {
      this.readers = readers;
      this.meanLife = meanLife;
    }
  }

  private static final int SMALL_BUFFER_BYTES = 4096;

  private final ClientLoop loop;
  private final Crowd crowd;
  private final URI url;
  private final String requestHeaders;
  private final String key;

  private String position = "";
  private Way way = Way.CLOSES;
  private @Nullable SocketChannel channel;
  private @Nullable SelectionKey selected;
  private Response response = new Response(() -> {}, (bytes, from, to) -> {});
  private SseParser parser = new SseParser(block -> {});
  private boolean isLeavingInABlock;
  private byte last;

  /**
   * @param headers of each request, with the end of each line
   */
  AbortingClient(
      ClientLoop loop, Crowd crowd, Door door, String stream, int reader, String headers) {
    this.loop = loop;
    this.crowd = crowd;
    this.key = MarkedEvent.key(reader);
    this.url = door.stream(stream + "/" + key);
    this.requestHeaders = headers;
  }

  /** Comes for the first time, at some moment of a life. */
  void begin() {
    loop.after(part(crowd.meanLife), this::come);
  }

  private static Duration part(Duration whole) {
    return Duration.ofNanos(ThreadLocalRandom.current().nextLong(whole.toNanos() + 1));
  }

  private void come() {
    if (crowd.isOver) {
      return;
    }
    Way[] ways = Way.values();
    way = ways[ThreadLocalRandom.current().nextInt(ways.length)];
    isLeavingInABlock = false;
    if (ThreadLocalRandom.current().nextBoolean()) {
      position = "";
    }
    response = new Response(this::answered, this::body);
    parser = new SseParser(this::take);
    try {
      SocketChannel opened = SocketChannel.open();
      channel = opened;
      opened.configureBlocking(false);
      if (way == Way.STOPS_READING) {
        opened.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_BUFFER_BYTES);
      }
      opened.connect(new InetSocketAddress(url.getHost(), url.getPort()));
      selected = opened.register(loop.selector(), SelectionKey.OP_CONNECT, this);
    } catch (IOException e) {
      failed(e);
    }
  }

  @Override
  public void ready(SelectionKey ready) throws IOException {
    SocketChannel open = (SocketChannel) ready.channel();
    if (ready.isConnectable()) {
      open.finishConnect();
      ready.interestOps(SelectionKey.OP_READ);
      ask(open);
      return;
    }
    ByteBuffer buffer = loop.buffer();
    if (isLeavingInABlock) {
      buffer.limit(1 + ThreadLocalRandom.current().nextInt(40));
    }
    int count = open.read(buffer);
    if (count < 0) {
      throw new AssertionError("the server ended the stream of " + key);
    }
    byte[] bytes = loop.bytes();
    buffer.flip().get(bytes, 0, count);
    response.feed(bytes, count);
    if (response.isComplete()) {
      throw new AssertionError("the response for " + key + " has an end: " + response.status());
    }
    if (isLeavingInABlock && last != '\n') {
      go();
    }
  }

  private void ask(SocketChannel open) throws IOException {
    ByteBuffer request = ByteBuffer.wrap(request().getBytes(StandardCharsets.UTF_8));
    open.write(request);
    if (request.hasRemaining()) {
      throw new IOException("a new socket did not take a request");
    }
    if (way == Way.RESETS_UNANSWERED) {
      loop.after(part(Duration.ofMillis(5)), this::go);
    } else {
      Duration life = part(crowd.meanLife.multipliedBy(2));
      loop.after(life, this::leave);
      if (way == Way.STOPS_READING) {
        loop.after(life.dividedBy(2), () -> interest(0));
      }
    }
  }

  private String request() {
    return ("GET " + url.getRawPath() + " HTTP/1.1\r\nHost: " + url.getAuthority() + "\r\n")
        + requestHeaders
        + (position.isEmpty() ? "" : "Last-Event-ID: " + position + "\r\n")
        + "\r\n";
  }

  private void answered() {
    crowd.answers++;
    String type = response.header("content-type");
    if (response.status() != 200 || !"text/event-stream;charset=utf-8".equals(type)) {
      throw new AssertionError(key + " was answered " + response.status() + " with " + type);
    }
  }

  private void body(byte[] bytes, int from, int to) {
    parser.feed(bytes, from, to);
    last = bytes[to - 1];
  }

  private void take(Block block) {
    if (block.isEvent()) {
      MarkedEvent.read(block.text(), crowd.readers).requireFor(key);
      if (!"t".equals(block.name())) {
        throw new AssertionError("an event of ours has another type: " + block);
      }
      crowd.events++;
    } else if (!block.isIdOnly()
        && !block.toString().equals("[:heartbeat]")
        && (block.retry() == null || block.id() != null || block.name() != null)) {
      throw new AssertionError(key + " got " + block);
    }
    if (block.id() != null) {
      if (!position.isEmpty() && block.number() < Long.parseLong(position)) {
        throw new AssertionError(key + " was at " + position + " before " + block);
      }
      position = block.id();
    }
  }

  private void leave() {
    if (way == Way.RESETS_IN_A_BLOCK && !crowd.isOver) {
      // The next bytes are a heartbeat at the latest.
      isLeavingInABlock = true;
    } else {
      go();
    }
  }

  private void interest(int operations) {
    if (selected != null && selected.isValid()) {
      selected.interestOps(operations);
    }
  }

  /** Goes now, and comes back soon unless it is over. */
  void go() {
    SocketChannel open = channel;
    if (open == null) {
      return;
    }
    crowd.gone.merge(way, 1, Integer::sum);
    try {
      if (way != Way.CLOSES) {
        open.setOption(StandardSocketOptions.SO_LINGER, 0);
      }
      open.close();
    } catch (IOException e) {
      loop.fault(e);
    }
    channel = null;
    loop.after(part(crowd.meanLife.dividedBy(4)), this::come);
  }

  /** No end is expected but its own: whatever else there is, is a fault of the server. */
  @Override
  public void failed(Throwable failure) {
    loop.fault(new AssertionError(key + ", which " + way, failure));
    go();
  }
}
