package io.heliograph.sse;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A source of the blocks that a test puts in, which watches how the sink uses it. */
class BlockSource implements ServletEventSink.Source {
  private final Queue<byte[]> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger inside = new AtomicInteger();
  private final List<String> violations = new ArrayList<>();
  private final StringBuilder handedOut = new StringBuilder();
  private final AtomicInteger endings = new AtomicInteger();
  private volatile @Nullable Throwable failure;
  private volatile Runnable step = () -> {};

  BlockSource put(String... blocks) {
    for (String block : blocks) {
      waiting.add(block.getBytes(StandardCharsets.UTF_8));
    }
    return this;
  }

  BlockSource stepping(Runnable at) {
    step = at;
    return this;
  }

  @Override
  public boolean next(Chunk chunk) {
    if (inside.getAndIncrement() != 0) {
      violate("two threads in next()");
    }
    if (endings.get() > 0) {
      violate("next() after ended()");
    }
    step.run();
    byte[] block = waiting.poll();
    if (block != null) {
      chunk.set(block);
      handedOut.append(new String(block, StandardCharsets.UTF_8));
    }
    step.run();
    inside.decrementAndGet();
    return block != null;
  }

  @Override
  public void ended(@Nullable Throwable reason) {
    if (inside.get() != 0) {
      violate("ended() while in next()");
    }
    endings.incrementAndGet();
    failure = reason;
    step.run();
  }

  private synchronized void violate(String what) {
    violations.add(what);
  }

  synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  int endings() {
    return endings.get();
  }

  @Nullable Throwable failure() {
    return failure;
  }

  /** What the sink has been given, in order. */
  String handedOut() {
    return handedOut.toString();
  }

  boolean isDrained() {
    return waiting.isEmpty();
  }
}
