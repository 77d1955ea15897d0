package io.heliograph.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** One connection whose requests are written byte by byte, right or wrong. */
final class RawExchange implements AutoCloseable {
  private final Socket socket = new Socket();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private Response response = new Response(() -> {}, body::write);

  RawExchange(URI hub) throws IOException {
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
    InputStream in = socket.getInputStream();
    byte[] bytes = new byte[8192];
    while (!response.isComplete()) {
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
    response = new Response(() -> {}, body::write);
  }

  Response response() {
    return response;
  }

  String body() {
    return body.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
