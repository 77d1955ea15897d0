package io.heliograph.publish;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A body that arrives when a test says so, and minds that nobody reads what is not there. */
final class ArrivingBody extends ServletInputStream {
  private final Queue<byte[]> arrived = new ArrayDeque<>();
  private @Nullable ReadListener listener;
  int reads;

  ArrivingBody arrives(String text) throws IOException {
    return arrives(text.getBytes(StandardCharsets.UTF_8));
  }

  ArrivingBody arrives(byte[] bytes) throws IOException {
    arrived.add(bytes);
    listener().onDataAvailable();
    return this;
  }

  void ends() throws IOException {
    listener().onAllDataRead();
  }

  void breaks() {
    listener().onError(new IOException("connection reset"));
  }

  private ReadListener listener() {
    return Objects.requireNonNull(listener);
  }

  @Override
  public boolean isFinished() {
    return false;
  }

  @Override
  public boolean isReady() {
    return !arrived.isEmpty();
  }

  @Override
  public void setReadListener(ReadListener readListener) {
    listener = readListener;
  }

  @Override
  public int read() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    reads++;
    byte[] next = arrived.remove();
    int n = Math.min(length, next.length);
    System.arraycopy(next, 0, into, offset, n);
    if (n < next.length) {
      byte[] rest = new byte[next.length - n];
      System.arraycopy(next, n, rest, 0, rest.length);
      arrived.add(rest);
    }
    return n;
  }
}
