package io.heliograph.publish;

import io.heliograph.body.JsonBody;
import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.event.InvalidEventException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one event in the hub's own form. */
final class EventReader {
  private static final List<String> FIELDS =
      List.of("type", "data", "keys", "tenant", "owner", "correlation_id", "retain");

  private @Nullable String type;
  private @Nullable EventData data;
  private List<String> keys = List.of();
  private @Nullable String tenant;
  private @Nullable String owner;
  private @Nullable String correlationId;
  private boolean isRetained;

  private EventReader() {}

  /** The event whose object {@code json} has begun; goes to its end. */
  static Received read(JsonBody json, PublishRequest request) {
    EventReader reader = new EventReader();
    while (json.nextField()) {
      reader.readField(json);
    }
    return new Received(reader.draft(request), null);
  }

  private void readField(JsonBody json) {
    String name = json.name();
    json.next();
    switch (name) {
      case "type" -> type = json.text(name);
      case "data" -> data = json.raw();
      case "keys" -> keys = json.texts(name, EventDraft.KEYS_LIMIT);
      case "tenant" -> tenant = json.text(name);
      case "owner" -> owner = json.text(name);
      case "correlation_id" -> correlationId = json.text(name);
      case "retain" -> isRetained = json.flag(name);
      default ->
          throw new InvalidEventException(
              JsonBody.shown(name), "no such field; an event has " + String.join(", ", FIELDS));
    }
  }

  private EventDraft draft(PublishRequest request) {
    if (type == null) {
      throw new InvalidEventException("type", "is missing; it is the event's name");
    }
    if (data == null) {
      throw new InvalidEventException("data", "is missing; give null if there is nothing to say");
    }
    return request.published(
        new EventDraft(
            request.stream(),
            keysWith(request.key()),
            tenant,
            owner,
            type,
            data,
            correlationId,
            isRetained));
  }

  private List<String> keysWith(@Nullable String pathKey) {
    if (pathKey == null) {
      return keys;
    }
    List<String> all = new ArrayList<>(keys.size() + 1);
    all.add(pathKey);
    all.addAll(keys);
    return all;
  }
}
