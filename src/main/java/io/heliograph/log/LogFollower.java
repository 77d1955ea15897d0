package io.heliograph.log;

import io.heliograph.event.Event;
import io.heliograph.event.EventId;
import java.util.List;

public final class LogFollower {
  public interface Listener {
    void deliver(List<Event> batch, EventId through);

    void wake(EventId applied);
  }
}
