package io.heliograph.stream;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what it is given until the test runs it, one after another. */
final class ManualExecutor extends AbstractExecutorService {
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private volatile boolean isShutdown;

  /** Runs the first task that waits; false if none does. */
  boolean runOne() {
    Runnable task = waiting.poll();
    if (task == null) {
      return false;
    }
    task.run();
    return true;
  }

  /** Runs what waits and what comes of it. */
  boolean runAll() {
    boolean hadAny = false;
    while (runOne()) {
      hadAny = true;
    }
    return hadAny;
  }

  int waiting() {
    return waiting.size();
  }

  @Override
  public void execute(Runnable task) {
    waiting.add(task);
  }

  @Override
  public void shutdown() {
    isShutdown = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    isShutdown = true;
    waiting.clear();
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return isShutdown;
  }

  @Override
  public boolean isTerminated() {
    return isShutdown;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return isShutdown;
  }
}
