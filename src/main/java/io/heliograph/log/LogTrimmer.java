package io.heliograph.log;

import io.heliograph.container.Periodic;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
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
  private final LongSupplier nanoTime;

  /** Set while a round is under way; whoever sets it owns {@link #nextRound}. */
  private final AtomicBoolean isTrimming = new AtomicBoolean();

  /** By {@link System#nanoTime}: a clock that is set back must not end trimming for so long. */
  private volatile long nextRound;

  private volatile boolean isFailing;

  /**
   * @param rules asked for at the start of each round
   * @param every from the start of one round to that of the next, rounded up to a tick
   */
  public LogTrimmer(Appender appender, Supplier<List<TrimRule>> rules, Duration every) {
    this(appender, rules, every, System::nanoTime);
  }

  LogTrimmer(
      Appender appender, Supplier<List<TrimRule>> rules, Duration every, LongSupplier nanoTime) {
    this.appender = appender;
    this.rules = rules;
    this.every = every;
    this.nanoTime = nanoTime;
    nextRound = nanoTime.getAsLong();
  }

  @Override
  public String purpose() {
    return "trimming the event log";
  }

  @Override
  public void tick() {
    long now = nanoTime.getAsLong();
    if (now - nextRound < 0 || !isTrimming.compareAndSet(false, true)) {
      return;
    }
    nextRound = now + every.toNanos();
    Iterator<TrimRule> remaining;
    try {
      remaining = rules.get().iterator();
    } catch (RuntimeException | Error e) {
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
    // A log that cannot be written to is announced by the appender; here it would be said twice.
    Level level =
        isFailing || cause instanceof LogUnavailableException ? Level.DEBUG : Level.WARNING;
    LOG.log(level, "trimming stream '" + rule.stream() + "' failed; tried again later", cause);
    isFailing = true;
    isTrimming.set(false);
  }
}
