package io.heliograph.body;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;

/**
 * A body that arrives in pieces, and the thread that waits for it: what is executed runs when the
 * body has ended or broken.
 */
public final class ArrivingBody extends ServletInputStream {
  private final ArrayDeque<byte[]> arrived = new ArrayDeque<>();
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private boolean isBroken;
  private Runnable atEachRead = () -> {};
  int available;
  int reads;

  public void execute(Runnable read) {
    waiting.add(read);
  }

  public ArrivingBody arrives(String text) {
    return arrives(text.getBytes(StandardCharsets.UTF_8));
  }

  public ArrivingBody arrives(byte[] bytes) {
    arrived.add(bytes);
    return this;
  }

  public ArrivingBody atEachRead(Runnable act) {
    atEachRead = act;
    return this;
  }

  public void ends() {
    while (!waiting.isEmpty()) {
      waiting.remove().run();
    }
  }

  public void breaks() {
    isBroken = true;
    ends();
  }

  @Override
  public int available() {
    return available;
  }

  @Override
  public boolean isFinished() {
    return false;
  }

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public void setReadListener(ReadListener readListener) {
    throw new IllegalStateException("bodies are read without a listener");
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    reads++;
    atEachRead.run();
    byte[] next = arrived.poll();
    if (next == null) {
      if (isBroken) {
        throw new IOException("connection reset");
      }
      return -1;
    }
    int count = Math.min(length, next.length);
    System.arraycopy(next, 0, buffer, offset, count);
    if (count < next.length) {
      arrived.addFirst(Arrays.copyOfRange(next, count, next.length));
    }
    return count;
  }
}
