package io.heliograph.sse;

/**
 * A stretch of somebody's immutable bytes that a sink is writing: whole blocks, so that nothing can
 * come between its first and its last byte. One a sink, filled again and again, so that a delivery
 * allocates nothing.
 */
public final class Chunk {
  private static final byte[] NOTHING = {};

  private byte[] bytes = NOTHING;
  private int from;
  private int to;

  /**
   * Sets what is to be written: {@code bytes} from {@code from} up to, not including, {@code to}.
   */
  public void set(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
  }

  public void set(byte[] bytes) {
    set(bytes, 0, bytes.length);
  }

  byte[] bytes() {
    return bytes;
  }

  int from() {
    return from;
  }

  int remaining() {
    return to - from;
  }

  void advance(int count) {
    from += count;
    if (from == to) {
      clear();
    }
  }

  /** Lets go of the bytes: an idle connection must not keep a ring's block alive. */
  void clear() {
    bytes = NOTHING;
    from = 0;
    to = 0;
  }
}
