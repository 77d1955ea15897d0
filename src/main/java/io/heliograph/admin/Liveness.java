package io.heliograph.admin;

import io.heliograph.container.Ticker;
import io.heliograph.log.Appender;
import io.heliograph.log.LogFollower;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Whether the node's own threads turn: a node that is not live is mended by nothing but a restart.
 *
 * <p>So it never depends on a database, which a restart would not bring back.
 */
public final class Liveness {
  /** Late ticks delay heartbeats; so many in a row that did not come are no delay any more. */
  private static final int TICKS_MISSED = 10;

  /** A pause of the whole machine is no reason for a restart. */
  private static final Duration SILENT_AT_LEAST = Duration.ofSeconds(30);

  private final Ticker ticker;
  private final LogFollower follower;
  private final Appender appender;

  public Liveness(Ticker ticker, LogFollower follower, Appender appender) {
    this.ticker = ticker;
    this.follower = follower;
    this.appender = appender;
  }

  /** As it is now. Any thread, does not block. */
  Health health() {
    return new Health(
        List.of(
            ticks(ticker),
            Check.of("appending-thread", appender.isRunning()),
            Check.of("following-thread", follower.isRunning())));
  }

  private static Check ticks(Ticker ticker) {
    Duration since = ticker.sinceLastTick();
    return new Check(
        "ticks", isTurning(ticker.every(), since), Map.of("last_ms_ago", since.toMillis()));
  }

  static boolean isTurning(Duration every, Duration sinceLastTick) {
    Duration most = every.multipliedBy(TICKS_MISSED);
    return sinceLastTick.compareTo(most) < 0 || sinceLastTick.compareTo(SILENT_AT_LEAST) < 0;
  }
}
