package io.heliograph.event;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened, where it stands in the log and when the log took it.
 *
 * @param time when it was appended, to the millisecond; never earlier than that of an event before
 *     it
 */
public record Event(EventId id, Instant time, EventDraft draft) {
  public String stream() {
    return draft.stream();
  }

  public List<String> keys() {
    return draft.keys();
  }

  public @Nullable String tenant() {
    return draft.tenant();
  }

  public @Nullable String owner() {
    return draft.owner();
  }

  public String type() {
    return draft.type();
  }

  public EventData data() {
    return draft.data();
  }

  public @Nullable String correlationId() {
    return draft.correlationId();
  }
}
