package io.heliograph.bench;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The numbers given to published events: each key counts from 1, and so does the stream without
 * keys, which is key 0.
 *
 * <p>Safe for any thread; one publisher numbers at a time.
 */
final class Sequences {
  private final AtomicLongArray last;

  Sequences(int keys) {
    last = new AtomicLongArray(Math.max(1, keys));
  }

  long next(int key) {
    return last.incrementAndGet(key);
  }

  long last(int key) {
    return last.get(key);
  }
}
