package io.heliograph.publish;

import io.heliograph.access.Caller;
import io.heliograph.body.RefusedRequestException;
import io.heliograph.body.RefusedRequestException.Reason;
import io.heliograph.event.EventDraft;
import io.heliograph.log.Publication.IdempotencyKey;
import io.heliograph.stream.Visibility;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a request to publish says, apart from its body.
 *
 * @param key the key in the path, which every event of the request carries
 * @param contentType the header as it came
 * @param cloudEventHeaders the {@code ce-} headers, by attribute name
 * @param idempotencyKey the header as it came
 * @param caller who publishes, and whose idempotency keys these are
 */
record PublishRequest(
    String stream,
    @Nullable String key,
    @Nullable String contentType,
    SortedMap<String, String> cloudEventHeaders,
    @Nullable String idempotencyKey,
    Caller caller) {

  /** Characters in an {@code Idempotency-Key}: a UUID has 36, a digest 64. */
  private static final int IDEMPOTENCY_KEY_LIMIT = 255;

  private static final String CLOUD_EVENT_PREFIX = "ce-";

  PublishRequest {
    cloudEventHeaders = new TreeMap<>(cloudEventHeaders);
    if (idempotencyKey != null) {
      requireIdempotencyKey(idempotencyKey);
    }
  }

  /** What {@code request} says, of whose path the stream and key were taken. */
  static PublishRequest of(String stream, @Nullable String key, HttpServletRequest request) {
    SortedMap<String, String> cloudEventHeaders = new TreeMap<>();
    for (String name : Collections.list(request.getHeaderNames())) {
      String lowerName = name.toLowerCase(Locale.ROOT);
      if (lowerName.startsWith(CLOUD_EVENT_PREFIX)) {
        String value = Objects.requireNonNull(onlyHeader(request, name));
        cloudEventHeaders.put(lowerName.substring(CLOUD_EVENT_PREFIX.length()), value);
      }
    }
    return new PublishRequest(
        stream,
        key,
        request.getContentType(),
        cloudEventHeaders,
        onlyHeader(request, "Idempotency-Key"),
        Caller.of(request));
  }

  /** Whether it is a CloudEvent in binary mode: its attributes are headers. */
  boolean isBinaryCloudEvent() {
    return cloudEventHeaders.containsKey("specversion");
  }

  /** What the header asks for, or null without one; covers all that decides what is stored. */
  @Nullable IdempotencyKey idempotencyKeyFor(byte[] body) {
    if (idempotencyKey == null) {
      return null;
    }
    Fingerprint fingerprint = new Fingerprint().add(stream).add(key).add(contentType);
    for (Map.Entry<String, String> header : cloudEventHeaders.entrySet()) {
      fingerprint.add(header.getKey()).add(header.getValue());
    }
    return new IdempotencyKey(keeper(), idempotencyKey, fingerprint.add(body).hex());
  }

  /** Whose the idempotency keys are. */
  String keeper() {
    return Objects.requireNonNullElse(caller.identity(), "");
  }

  /**
   * {@code draft} as the caller publishes it.
   *
   * @throws io.heliograph.access.ForbiddenException if the caller may not
   */
  EventDraft published(EventDraft draft) {
    return Visibility.publishedBy(draft, caller);
  }

  private static @Nullable String onlyHeader(HttpServletRequest request, String name) {
    List<String> values = Collections.list(request.getHeaders(name));
    if (values.size() > 1) {
      throw new RefusedRequestException(
          Reason.MALFORMED, name + " was given " + values.size() + " times; give it once");
    }
    return values.isEmpty() ? null : values.get(0);
  }

  private static void requireIdempotencyKey(String key) {
    boolean isVisibleAscii = key.chars().allMatch(c -> c > ' ' && c < 0x7F);
    if (key.isEmpty() || key.length() > IDEMPOTENCY_KEY_LIMIT || !isVisibleAscii) {
      throw new RefusedRequestException(
          Reason.MALFORMED,
          "Idempotency-Key takes 1 to "
              + IDEMPOTENCY_KEY_LIMIT
              + " visible ASCII characters without spaces; "
              + key.length()
              + " characters were given");
    }
  }
}
