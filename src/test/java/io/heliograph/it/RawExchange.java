package io.heliograph.it;

import io.heliograph.embedded.TestCaller;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** One connection whose requests are written byte by byte, right or wrong. */
final class RawExchange implements AutoCloseable {
  /** Headers that every request needs to be let in. */
  static final String CALLER = "Host: h\r\n" + TestCaller.HEADER;

  private final Socket socket = new Socket();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private boolean hasHead;
  private Response response = new Response(() -> hasHead = true, this::keep);

  RawExchange(URI hub) throws IOException {
    this(hub, "127.0.0.1");
  }

  /**
   * @param from the address of this end, one of the loopback's
   */
  RawExchange(URI hub, String from) throws IOException {
    this(hub, from, 0);
  }

  /**
   * @param receiveBufferBytes so little fits between the server's socket and this one; 0 for what
   *     the system gives
   */
  RawExchange(URI hub, String from, int receiveBufferBytes) throws IOException {
    if (receiveBufferBytes > 0) {
      socket.setReceiveBufferSize(receiveBufferBytes);
    }
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(new InetSocketAddress(hub.getHost(), hub.getPort()));
    socket.setSoTimeout((int) Waiting.DEADLINE.toMillis());
  }

  RawExchange send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  RawExchange send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** Sends no more; the server may still answer. */
  RawExchange endSending() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** Reads the response and gives its status; 0 if the server closed without one. */
  int status() throws IOException {
    return status(socket.getInputStream(), new byte[8192], false);
  }

  /** Likewise, without waiting for the body: a stream's has no end. */
  int headStatus() throws IOException {
    return status(socket.getInputStream(), new byte[8192], true);
  }

  /** The port of this end. */
  int port() {
    return socket.getLocalPort();
  }

  /** Whether something of the response is here; does not wait. */
  boolean isAnswered() {
    try {
      return hasHead || socket.getInputStream().available() > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int status(InputStream in, byte[] bytes, boolean isHeadEnough) throws IOException {
    while (!response.isComplete() && !(isHeadEnough && hasHead)) {
      int count = in.read(bytes);
      if (count < 0) {
        break;
      }
      response.feed(bytes, count);
    }
    return response.status();
  }

  /** What follows is the next request and its response. */
  void next() {
    body.reset();
    hasHead = false;
    response = new Response(() -> hasHead = true, this::keep);
  }

  private void keep(byte[] bytes, int from, int to) {
    body.write(bytes, from, to - from);
  }

  Response response() {
    return response;
  }

  String body() {
    return body.toString(StandardCharsets.UTF_8);
  }

  /** Ends the connection with a reset, as a client that crashed. */
  void cut() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
