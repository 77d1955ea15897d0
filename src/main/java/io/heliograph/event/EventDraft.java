package io.heliograph.event;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An event before the log has numbered it. One that exists is valid.
 *
 * @param stream the stream it is published to; the name's form is checked, not its existence
 * @param keys what it is about: none, one or several, without duplicates, in the given order
 * @param tenant whose it is; without one, only readers who see all tenants see it
 * @param owner who within the tenant it belongs to; likewise
 * @param type what kind of event, the SSE {@code event:} name
 * @param data its JSON text
 * @param correlationId what it belongs together with, for the publisher's own use
 * @param isRetained whether it is given to newcomers as the latest of its stream, key, tenant,
 *     owner and type
 */
public record EventDraft(
    String stream,
    List<String> keys,
    @Nullable String tenant,
    @Nullable String owner,
    String type,
    EventData data,
    @Nullable String correlationId,
    boolean isRetained) {

  /** How many keys one event may carry: each is a row in the log and a look-up at delivery. */
  public static final int KEYS_LIMIT = 1000;

  /** Characters in a name: stream, type. Longer ones are data. */
  public static final int NAME_LIMIT = 128;

  /** Characters in a key, tenant, owner or correlation id. */
  public static final int LABEL_LIMIT = 256;

  /** Event names that the hub itself sends; a publisher who used them could forge its messages. */
  public static final Set<String> RESERVED_TYPES =
      Set.of("hello", "gap", "error", "bye", "heartbeat", "server_shutdown");

  public EventDraft {
    requireStreamName(stream);
    if (keys.size() > KEYS_LIMIT) {
      throw new InvalidEventException(
          "keys", keys.size() + " keys were given, the limit is " + KEYS_LIMIT);
    }
    for (String key : keys) {
      requireText("keys", key, LABEL_LIMIT);
    }
    keys = keys.stream().distinct().toList();
    requireOptional("tenant", tenant);
    requireOptional("owner", owner);
    requireText("type", type, NAME_LIMIT);
    if (RESERVED_TYPES.contains(type)) {
      throw new InvalidEventException(
          "type", "'" + type + "' is one of the hub's own event names; choose another");
    }
    requireOptional("correlation_id", correlationId);
  }

  public EventDraft withTenant(@Nullable String newTenant) {
    return new EventDraft(stream, keys, newTenant, owner, type, data, correlationId, isRetained);
  }

  /**
   * Whether {@code name} can be a stream's: lower-case letters, digits, '-' and '_', at most 64.
   */
  public static boolean isStreamName(String name) {
    if (name.isEmpty() || name.length() > 64) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  /**
   * Requires one to {@code limit} characters without control characters or broken surrogates.
   *
   * @throws InvalidEventException naming {@code field}
   */
  public static void requireText(String field, String text, int limit) {
    if (text.isEmpty() || text.length() > limit) {
      throw new InvalidEventException(
          field, text.length() + " characters were given, it takes 1 to " + limit);
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c)) {
        throw new InvalidEventException(
            field, String.format("control character U+%04X at position %d is refused", (int) c, i));
      }
      if (Character.isSurrogate(c)) {
        if (Character.isHighSurrogate(c)
            && i + 1 < text.length()
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          i++;
        } else {
          throw new InvalidEventException(field, "half a surrogate pair at position " + i);
        }
      }
    }
  }

  private static void requireOptional(String field, @Nullable String text) {
    if (text != null) {
      requireText(field, text, LABEL_LIMIT);
    }
  }

  private static void requireStreamName(String stream) {
    if (!isStreamName(stream)) {
      throw new InvalidEventException(
          "stream",
          "a stream's name has 1 to 64 lower-case letters, digits, '-' or '_'; seen were "
              + stream.length()
              + " characters");
    }
  }
}
