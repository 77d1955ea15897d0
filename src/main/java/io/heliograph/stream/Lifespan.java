package io.heliograph.stream;

import io.heliograph.metrics.Ending;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What time does to one connection: heartbeats, idle and write time-outs, the end of its life.
 *
 * <p>One deadline in the wheel at a time, for whatever comes next. Runs on the wheel's thread; what
 * it decides it tells the connection, which acts by itself.
 */
final class Lifespan {
  /** What a lifespan needs of its connection. Every call returns at once. */
  interface Connection {
    /** How long the socket has taken nothing though something was pending. */
    Duration stalledFor();

    void heartbeatDue();

    void end(Ending reason);

    void cut(Ending reason);

    boolean isOver();
  }

  /** So much shorter a life may be than the policy says, that a herd does not return together. */
  private static final double JITTER = 0.2;

  private final StreamPolicy policy;
  private final TimingWheel wheel;
  private final LongSupplier nanoClock;
  private final Connection connection;
  private final long openedNanos;
  private final long lifetimeNanos;

  private volatile long lastEventNanos;
  private volatile TimingWheel.@Nullable Deadline deadline;
  private long nextHeartbeatNanos;

  Lifespan(StreamPolicy policy, TimingWheel wheel, LongSupplier nanoClock, Connection connection) {
    this.policy = policy;
    this.wheel = wheel;
    this.nanoClock = nanoClock;
    this.connection = connection;
    this.openedNanos = nanoClock.getAsLong();
    this.lastEventNanos = openedNanos;
    this.nextHeartbeatNanos = openedNanos + policy.heartbeatEvery().toNanos();
    this.lifetimeNanos =
        Math.round(
            policy.maxLifetime().toNanos()
                * (1 - JITTER * ThreadLocalRandom.current().nextDouble()));
  }

  void begin() {
    schedule(openedNanos);
  }

  /** An event was written: the connection is not idle. Heartbeats do not count. */
  void eventWritten() {
    lastEventNanos = nanoClock.getAsLong();
  }

  /** The connection is over; nothing of it stays in the wheel. */
  void close() {
    TimingWheel.Deadline pending = deadline;
    if (pending != null) {
      pending.cancel();
    }
  }

  /** How long the connection has been open. */
  Duration age() {
    return Duration.ofNanos(nanoClock.getAsLong() - openedNanos);
  }

  /** How long no event has been written to it. */
  Duration idleFor() {
    return Duration.ofNanos(nanoClock.getAsLong() - lastEventNanos);
  }

  private void schedule(long now) {
    long wait = Long.MAX_VALUE;
    if (!policy.heartbeatEvery().isZero()) {
      wait = Math.min(wait, nextHeartbeatNanos - now);
    }
    if (!policy.idleTimeout().isZero()) {
      wait = Math.min(wait, lastEventNanos + policy.idleTimeout().toNanos() - now);
    }
    if (lifetimeNanos > 0) {
      wait = Math.min(wait, openedNanos + lifetimeNanos - now);
    }
    if (!policy.writeTimeout().isZero()) {
      wait = Math.min(wait, policy.writeTimeout().minus(connection.stalledFor()).toNanos());
    }
    if (wait != Long.MAX_VALUE) {
      deadline = wheel.after(Duration.ofNanos(Math.max(0, wait)), this::check);
      if (connection.isOver()) {
        close();
      }
    }
  }

  private void check() {
    if (connection.isOver()) {
      return;
    }
    long now = nanoClock.getAsLong();
    if (isReached(policy.writeTimeout(), connection.stalledFor())) {
      connection.cut(Ending.WRITE_TIMEOUT);
    } else if (lifetimeNanos > 0 && now - openedNanos >= lifetimeNanos) {
      connection.end(Ending.MAX_LIFETIME);
    } else if (isReached(policy.idleTimeout(), Duration.ofNanos(now - lastEventNanos))) {
      connection.end(Ending.IDLE_TIMEOUT);
    } else {
      beat(now);
      schedule(now);
    }
  }

  private void beat(long now) {
    long every = policy.heartbeatEvery().toNanos();
    if (every > 0 && now >= nextHeartbeatNanos) {
      // From the planned time, so that lateness does not add up; unless a beat was missed.
      long planned = nextHeartbeatNanos + every;
      nextHeartbeatNanos = planned > now ? planned : now + every;
      connection.heartbeatDue();
    }
  }

  private static boolean isReached(Duration limit, Duration seen) {
    return !limit.isZero() && seen.compareTo(limit) >= 0;
  }
}
