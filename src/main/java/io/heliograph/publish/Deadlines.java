package io.heliograph.publish;

import java.time.Duration;

/** Does something later, unless it is told not to. */
@FunctionalInterface
public interface Deadlines {
  /**
   * Runs {@code act} once, about {@code delay} from now, on a thread that it may use for a moment.
   *
   * @return what calls it off; running that late or twice does nothing
   */
  Runnable after(Duration delay, Runnable act);
}
