package io.heliograph.admin;

import io.heliograph.container.Periodic;
import io.heliograph.log.Appender;
import io.heliograph.log.LogFollower;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * Whether the node can do its work now: the log can be read and appended to, the other tables can
 * be changed, and it is not stopping.
 *
 * <p>Who asks gets what is known and never waits: the log's own threads say how it was when they
 * last used it, and every few seconds each store is tried in the background, because one that
 * nobody uses fails unseen, and one that is back must be found to be, while no request comes.
 */
public final class Readiness implements Periodic {
  /** From one try of the stores to the next. */
  private static final Duration EVERY = Duration.ofSeconds(5);

  private final LogFollower follower;
  private final Appender appender;
  private final BackgroundProbe tables;
  private final BooleanSupplier isStopping;

  // The ticker's own.
  private long triedNanos = System.nanoTime();

  /**
   * @param requireTables returns if the tables beside the log can be read and changed, else throws;
   *     blocks
   * @param executor whose threads may wait for a database
   */
  public Readiness(
      LogFollower follower,
      Appender appender,
      Runnable requireTables,
      Executor executor,
      BooleanSupplier isStopping) {
    this.follower = follower;
    this.appender = appender;
    this.tables = new BackgroundProbe("the database", requireTables, executor, System::nanoTime);
    this.isStopping = isStopping;
  }

  @Override
  public String purpose() {
    return "looking whether the stores answer";
  }

  @Override
  public void tick() {
    // Stores that a node has closed do not answer, which is nothing to warn of.
    if (!isStopping.getAsBoolean() && System.nanoTime() - triedNanos >= EVERY.toNanos()) {
      triedNanos = System.nanoTime();
      appender.look();
      tables.start();
    }
  }

  /** As far as is known now. Any thread, does not block. */
  Health health() {
    return new Health(
        List.of(
            Check.of("database", tables.isUp()),
            new Check("log-read", follower.isReadable(), Map.of("lag_events", follower.lag())),
            Check.of("log-append", appender.isWritable()),
            Check.of("not-stopping", !isStopping.getAsBoolean())));
  }
}
