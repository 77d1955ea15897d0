package io.heliograph.stream;

import io.heliograph.event.EventId;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A wait for a view's next event: a poll that is held open without a thread. */
final class Arrival implements Attachment {
  private final StreamRegistry hub;
  private final int shard;
  private final EventId after;
  private final Runnable action;
  private final AtomicBoolean isDone = new AtomicBoolean();
  private volatile @Nullable Channel channel;
  private volatile TimingWheel.@Nullable Deadline deadline;

  Arrival(StreamRegistry hub, EventId after, Runnable action) {
    this.hub = hub;
    this.shard = hub.nextShard();
    this.after = after;
    this.action = action;
  }

  /**
   * The channel knows it already; what came before that and after {@code after} ends it at once.
   */
  void begin(Channel on, Duration atMost) {
    channel = on;
    deadline = hub.wheel().after(atMost, this::end);
    if (isDone.get()) {
      release();
    }
    wake();
  }

  private boolean mayHaveMore(Channel on) {
    EventId applied = hub.applied();
    FrameRing.Window window = on.ring().window();
    if (window.isBehind(after)) {
      return applied.isAfter(after);
    }
    try {
      return window.after(after) != null;
    } catch (FrameRing.Evicted e) {
      // It has something so new that something was evicted for it.
      return true;
    }
  }

  /** Ends the wait if there may be more; a channel is woken without need now and then. */
  @Override
  public void wake() {
    Channel on = channel;
    if (on != null && mayHaveMore(on)) {
      end();
    }
  }

  /** Ends the wait, once. */
  void end() {
    if (isDone.compareAndSet(false, true)) {
      release();
      action.run();
    }
  }

  @Override
  public int shard() {
    return shard;
  }

  private void release() {
    hub.polls().ended(this);
    Channel on = channel;
    if (on != null) {
      on.detach(this);
    }
    TimingWheel.Deadline pending = deadline;
    if (pending != null) {
      pending.cancel();
    }
  }
}
