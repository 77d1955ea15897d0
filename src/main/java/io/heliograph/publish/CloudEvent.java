package io.heliograph.publish;

import io.heliograph.body.JsonBody;
import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.event.InvalidEventException;
import io.heliograph.log.Publication.IdempotencyKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A CloudEvent 1.0, from whichever of its forms.
 *
 * @param attributes its attributes in their canonical string form; those without a meaning here are
 *     not kept
 */
record CloudEvent(Map<String, String> attributes, EventData data) {
  /** Characters in a source or id: sources are URIs, which are longer than labels. */
  private static final int IDENTITY_LIMIT = 1024;

  /**
   * The event that it is to the hub: {@code type} is the type, {@code subject} a key, {@code
   * source} and {@code id} together the idempotency key; {@code tenant}, {@code owner}, {@code
   * correlationid} and {@code retain} are extension attributes.
   */
  Received received(PublishRequest request) {
    String version = required("specversion", IDENTITY_LIMIT);
    if (!version.equals("1.0")) {
      throw new InvalidEventException(
          "specversion", "'" + JsonBody.shown(version) + "' was given, the hub reads 1.0");
    }
    String id = required("id", IDENTITY_LIMIT);
    String source = required("source", IDENTITY_LIMIT);
    if (source.indexOf(' ') >= 0) {
      throw new InvalidEventException("source", "a URI holds no space");
    }
    EventDraft draft =
        request.published(
            new EventDraft(
                request.stream(),
                keys(request),
                attributes.get("tenant"),
                attributes.get("owner"),
                required("type", EventDraft.NAME_LIMIT),
                data,
                optional("correlationid"),
                isRetained()));
    // The space keeps source and id apart, and both from what the header may hold.
    String key = "cloudevent " + source + " " + id;
    return new Received(draft, new IdempotencyKey(request.keeper(), key, Fingerprint.of(draft)));
  }

  private List<String> keys(PublishRequest request) {
    List<String> keys = new ArrayList<>(2);
    if (request.key() != null) {
      keys.add(request.key());
    }
    String subject = optional("subject");
    if (subject != null) {
      keys.add(subject);
    }
    return keys;
  }

  private boolean isRetained() {
    String retain = attributes.getOrDefault("retain", "false");
    return switch (retain) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new InvalidEventException(
              "retain", "takes true or false, '" + JsonBody.shown(retain) + "' was given");
    };
  }

  private String required(String name, int limit) {
    String value = attributes.get(name);
    if (value == null) {
      throw new InvalidEventException(
          name, "is missing; a CloudEvent has specversion, id, source and type");
    }
    EventDraft.requireText(name, value, limit);
    return value;
  }

  private @Nullable String optional(String name) {
    String value = attributes.get(name);
    if (value != null) {
      EventDraft.requireText(name, value, EventDraft.LABEL_LIMIT);
    }
    return value;
  }
}
