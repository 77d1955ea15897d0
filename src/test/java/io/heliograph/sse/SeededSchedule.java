package io.heliograph.sse;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs actors on threads of their own, one at a time: at each {@link #step} a seeded choice decides
 * who goes on. The same seed gives the same interleaving, so whatever it finds can be had again.
 *
 * <p>An actor must not block on another except through {@link #await}: the other would never run.
 */
public final class SeededSchedule {
  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "actor");
            thread.setDaemon(true);
            return thread;
          });

  /** Far more than any scenario takes; reaching it means that actors wait for what never comes. */
  private static final int STEPS_LIMIT = 200_000;

  private final long seed;
  private final Random random;
  private final List<Actor> actors = new ArrayList<>();
  private final int boldness;

  private volatile @Nullable Actor current;
  private volatile @Nullable Throwable failure;
  private int steps;

  private static final class Actor {
    final String name;
    final Runnable action;
    volatile @Nullable Thread thread;
    volatile boolean isDone;
    int weight = 8;

    Actor(String name, Runnable action) {
      this.name = name;
      this.action = action;
    }
  }

  /** Ends an actor's thread when the schedule has failed. */
  private static final class Abandoned extends Error {
    private static final long serialVersionUID = 1L;
  }

  public SeededSchedule(long seed) {
    this.seed = seed;
    this.random = new Random(seed * 0x9E3779B97F4A7C15L);
    // Some schedules switch at nearly every step, others let an actor run far before they do.
    this.boldness = 1 + random.nextInt(6);
  }

  /** Random numbers of this schedule; only for actors, and before {@link #run}. */
  public Random random() {
    return random;
  }

  public SeededSchedule actor(String name, Runnable action) {
    actors.add(new Actor(name, action));
    return this;
  }

  /** Runs all actors to their ends. */
  public void run() {
    Thread caller = Thread.currentThread();
    for (Actor actor : actors) {
      THREADS.execute(
          () -> {
            actor.thread = Thread.currentThread();
            try {
              waitForTurn(actor);
              actor.action.run();
            } catch (Abandoned e) {
              // Another actor has failed, and says why.
            } catch (Throwable e) {
              failure = failure == null ? e : failure;
            } finally {
              actor.isDone = true;
              pass(actor);
              LockSupport.unpark(caller);
            }
          });
    }
    for (Actor actor : actors) {
      while (actor.thread == null) {
        LockSupport.parkNanos(1_000);
      }
    }
    current = choose();
    LockSupport.unpark(threadOf(current));
    long deadline = System.nanoTime() + 20_000_000_000L;
    for (Actor actor : actors) {
      while (!actor.isDone) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError("seed " + seed + ": " + actor.name + " does not return");
        }
        LockSupport.parkNanos(1_000_000);
      }
    }
    Throwable failed = failure;
    if (failed != null) {
      throw new AssertionError("seed " + seed + ": " + failed, failed);
    }
  }

  /** A place where another actor may go on; nothing on threads that are no actor's. */
  public void step() {
    Actor me = current;
    if (me == null || me.thread != Thread.currentThread()) {
      return;
    }
    if (++steps > STEPS_LIMIT) {
      failure = failure == null ? new AssertionError("no end after " + steps + " steps") : failure;
    }
    if (failure != null) {
      throw new Abandoned();
    }
    if (random.nextInt(boldness) == 0) {
      switchFrom(me);
    }
  }

  /** Lets another actor go on, if there is one. */
  public void pass() {
    step();
    Actor me = current;
    if (me != null && me.thread == Thread.currentThread()) {
      switchFrom(me);
    }
  }

  /** Lets others go on until {@code condition} holds. */
  public void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      pass();
    }
  }

  private void switchFrom(Actor me) {
    Actor next = choose();
    if (next != me) {
      current = next;
      LockSupport.unpark(threadOf(next));
      waitForTurn(me);
    }
  }

  private void waitForTurn(Actor me) {
    while (current != me) {
      LockSupport.park(this);
    }
    if (failure != null) {
      throw new Abandoned();
    }
  }

  private void pass(Actor done) {
    Actor next = choose();
    if (current == done) {
      current = next;
      LockSupport.unpark(threadOf(next));
    }
  }

  private @Nullable Actor choose() {
    // Now and then somebody becomes slow or fast: what goes wrong while one stands still at the
    // wrong place needs the others to get far meanwhile.
    if (random.nextInt(16) == 0) {
      actors.get(random.nextInt(actors.size())).weight = 1 << random.nextInt(8);
    }
    int sum = 0;
    for (Actor actor : actors) {
      sum += actor.isDone ? 0 : actor.weight;
    }
    if (sum == 0) {
      return null;
    }
    int drawn = random.nextInt(sum);
    for (Actor actor : actors) {
      drawn -= actor.isDone ? 0 : actor.weight;
      if (drawn < 0) {
        return actor;
      }
    }
    return null;
  }

  private static @Nullable Thread threadOf(@Nullable Actor actor) {
    return actor == null ? null : actor.thread;
  }
}
