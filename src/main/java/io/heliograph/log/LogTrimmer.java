package io.heliograph.log;

import io.heliograph.container.Periodic;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the log forget what no stream's policy keeps, in rounds.
 *
 * <p>A round goes through the rules, one slice at a time: the next is asked for when the one before
 * is done, so the appender has at most one of ours in its queue and publishers are never behind
 * more than a slice. Within a round it does not wait for ticks, or trimming would fall behind
 * publishing. A round that fails ends; the next one begins where the log then stands.
 */
public final class LogTrimmer implements Periodic {
  /** Events removed in one transaction: about ten milliseconds on the appending thread. */
  static final int SLICE = 1_000;

  private static final System.Logger LOG = System.getLogger(LogTrimmer.class.getName());

  private final Appender appender;
  private final Supplier<List<TrimRule>> rules;
  private final Duration every;
  private final InstantSource clock;

  /** Set while a round is under way; whoever sets it owns {@link #nextRound}. */
  private final AtomicBoolean isTrimming = new AtomicBoolean();

  private volatile Instant nextRound = Instant.MIN;
  private volatile boolean isFailing;

  /**
   * @param rules asked for at the start of each round
   * @param every from the start of one round to that of the next, rounded up to a tick
   */
  public LogTrimmer(
      Appender appender, Supplier<List<TrimRule>> rules, Duration every, InstantSource clock) {
    this.appender = appender;
    this.rules = rules;
    this.every = every;
    this.clock = clock;
  }

  @Override
  public String purpose() {
    return "trimming the event log";
  }

  @Override
  public void tick() {
    Instant now = clock.instant();
    if (now.isBefore(nextRound) || !isTrimming.compareAndSet(false, true)) {
      return;
    }
    nextRound = now.plus(every);
    Iterator<TrimRule> remaining;
    try {
      remaining = rules.get().iterator();
    } catch (RuntimeException e) {
      isTrimming.set(false);
      throw e;
    }
    next(remaining);
  }

  private void next(Iterator<TrimRule> remaining) {
    if (remaining.hasNext()) {
      slice(remaining.next(), remaining);
    } else {
      isFailing = false;
      isTrimming.set(false);
    }
  }

  /** What follows runs on the appending thread, and only asks it for the next slice. */
  private void slice(TrimRule rule, Iterator<TrimRule> remaining) {
    appender
        .trim(rule, SLICE)
        .whenComplete(
            (removed, failure) -> {
              if (failure != null) {
                failed(rule, failure);
              } else if (removed < SLICE) {
                next(remaining);
              } else {
                slice(rule, remaining);
              }
            });
  }

  private void failed(TrimRule rule, @Nullable Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException wrapped && wrapped.getCause() != null
            ? wrapped.getCause()
            : failure;
    // A log that is out of reach is announced by the follower; here it would only be said twice.
    Level level =
        isFailing || cause instanceof LogUnavailableException ? Level.DEBUG : Level.WARNING;
    LOG.log(level, "trimming stream '" + rule.stream() + "' failed; tried again later", cause);
    isFailing = true;
    isTrimming.set(false);
  }
}
