package io.heliograph.publish;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.heliograph.body.ContentType;
import io.heliograph.body.JsonBody;
import io.heliograph.body.RefusedRequestException;
import io.heliograph.body.RefusedRequestException.Reason;
import io.heliograph.body.Utf8;
import io.heliograph.event.EventData;
import io.heliograph.event.EventTooLargeException;
import io.heliograph.event.InvalidEventException;
import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads CloudEvents 1.0: objects of the JSON event format, and requests in binary mode.
 *
 * <p>An event's data here is always JSON, so: JSON stays as it was sent, text becomes a string, and
 * everything else a string of Base64, as in the JSON event format's {@code data_base64}.
 *
 * @see <a
 *     href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md">
 *     JSON event format, 3.1</a>
 * @see <a href=
 *     "https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md">
 *     HTTP protocol binding, 3.1</a>
 */
final class CloudEventReader {
  private static final EventData NO_DATA = EventData.of("null");

  private CloudEventReader() {}

  /** The event whose object {@code json} has begun; goes to its end. */
  static Received read(JsonBody json, PublishRequest request) {
    Map<String, String> attributes = new HashMap<>();
    EventData data = null;
    String base64 = null;
    while (json.nextField()) {
      String name = json.name();
      json.next();
      switch (name) {
        case "data" -> data = json.raw();
        case "data_base64" -> base64 = json.text(name);
        default -> put(attributes, name, json.simple(name));
      }
    }
    if (data != null && base64 != null) {
      throw new InvalidEventException("data", "excludes data_base64; give one of them");
    }
    if (base64 != null) {
      data = data(decoded(base64), ContentType.parse(attributes.get("datacontenttype")));
    }
    return new CloudEvent(attributes, data == null ? NO_DATA : data).received(request);
  }

  /** The event whose attributes are headers and whose data is {@code body}. */
  static Received readBinary(byte[] body, PublishRequest request) {
    Map<String, String> attributes = new HashMap<>();
    request
        .cloudEventHeaders()
        .forEach((name, value) -> put(attributes, name, unescaped("ce-" + name, value)));
    if (attributes.containsKey("datacontenttype")) {
      throw new InvalidEventException("ce-datacontenttype", "is said by Content-Type instead");
    }
    EventData data =
        body.length == 0 ? NO_DATA : data(body, ContentType.parse(request.contentType()));
    return new CloudEvent(attributes, data).received(request);
  }

  private static void put(Map<String, String> attributes, String name, @Nullable String value) {
    boolean isName = name.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
    if (name.isEmpty() || !isName) {
      throw new InvalidEventException(
          JsonBody.shown(name), "a CloudEvent's attributes have lower-case letters and digits");
    }
    if (value != null) {
      attributes.put(name, value);
    }
  }

  private static byte[] decoded(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new InvalidEventException("data_base64", "is not Base64: " + e.getMessage());
    }
  }

  private static EventData data(byte[] bytes, ContentType type) {
    if (bytes.length > EventData.LIMIT_BYTES) {
      throw new EventTooLargeException(bytes.length);
    }
    // Without a type it is JSON (JSON event format, 3.1.1).
    boolean isJson = type.isJson() || type.mediaType().isEmpty();
    if (!isJson && !type.isText()) {
      return EventData.of('"' + Base64.getEncoder().encodeToString(bytes) + '"');
    }
    if (!type.isUtf8()) {
      throw new RefusedRequestException(
          Reason.UNSUPPORTED_TYPE,
          "charset '" + JsonBody.shown(type.charset()) + "' is not read here; send UTF-8");
    }
    return isJson ? json(bytes) : string(Utf8.text("the data", bytes));
  }

  private static EventData json(byte[] bytes) {
    Utf8.require(bytes);
    try (JsonBody json = new JsonBody(bytes, 0, bytes.length, 0)) {
      JsonToken first = json.next();
      if (first == null) {
        return NO_DATA;
      }
      EventData data = json.raw();
      json.requireEnd();
      return data;
    }
  }

  private static EventData string(String text) {
    return EventData.of(
        '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"');
  }

  /**
   * What a header's {@code value} stands for: unquoted, then percent-decoded once (HTTP protocol
   * binding, 3.1.3.2).
   */
  static String unescaped(String header, String value) {
    String unquoted = unquoted(value);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(unquoted.length());
    for (int i = 0; i < unquoted.length(); i++) {
      char c = unquoted.charAt(i);
      if (c == '%') {
        int high = i + 2 < unquoted.length() ? hex(unquoted.charAt(i + 1)) : -1;
        int low = high >= 0 ? hex(unquoted.charAt(i + 2)) : -1;
        if (low < 0) {
          throw malformed(header, "'%' is not followed by two hexadecimal digits");
        }
        bytes.write(high << 4 | low);
        i += 2;
      } else if (c >= ' ' && c < 0x7F) {
        bytes.write(c);
      } else {
        throw malformed(header, "characters outside of printable ASCII are sent percent-encoded");
      }
    }
    return Utf8.text(header, bytes.toByteArray());
  }

  private static String unquoted(String value) {
    if (value.length() < 2 || !value.startsWith("\"") || !value.endsWith("\"")) {
      return value;
    }
    StringBuilder unquoted = new StringBuilder(value.length());
    for (int i = 1; i < value.length() - 1; i++) {
      char c = value.charAt(i);
      if (c == '\\' && i + 1 < value.length() - 1) {
        i++;
        unquoted.append(value.charAt(i));
      } else {
        unquoted.append(c);
      }
    }
    return unquoted.toString();
  }

  private static int hex(char digit) {
    return digit < 0x80 ? Character.digit(digit, 16) : -1;
  }

  private static RefusedRequestException malformed(String header, String what) {
    return new RefusedRequestException(Reason.MALFORMED, header + ": " + what);
  }
}
