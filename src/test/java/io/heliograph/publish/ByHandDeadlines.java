package io.heliograph.publish;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Deadlines that pass when a test says so. */
final class ByHandDeadlines implements Deadlines {
  final List<Runnable> pending = new ArrayList<>();
  Duration lastDelay = Duration.ZERO;

  @Override
  public Runnable after(Duration delay, Runnable act) {
    lastDelay = delay;
    pending.add(act);
    return () -> pending.remove(act);
  }

  void pass() {
    List.copyOf(pending).forEach(Runnable::run);
  }
}
