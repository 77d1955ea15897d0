package io.heliograph.body;

import io.heliograph.body.RefusedRequestException.Reason;
import io.heliograph.event.InvalidEventException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.function.BiConsumer;

/**
 * A body of one small JSON object, read on the caller's thread: for doors whose callers are trusted
 * not to hold it.
 */
public final class SmallBody {
  static final int LIMIT_BYTES = 64 * 1024;

  private SmallBody() {}

  /**
   * Hands each field of {@code request}'s object to {@code field}, with its name, while the body
   * stands at the field's value. An empty body is an empty object.
   *
   * @throws RefusedRequestException if it is too large, or not a JSON object
   * @throws InvalidEventException if {@code field} throws it: a value does not fit
   */
  public static void read(HttpServletRequest request, BiConsumer<String, JsonBody> field)
      throws IOException {
    byte[] bytes = request.getInputStream().readNBytes(LIMIT_BYTES + 1);
    if (bytes.length > LIMIT_BYTES) {
      throw new RefusedRequestException(
          Reason.TOO_LARGE,
          "more than " + LIMIT_BYTES + " bytes were sent, which is the limit here");
    }
    if (bytes.length == 0) {
      return;
    }
    ContentType type = ContentType.parse(request.getContentType());
    if (!type.isJson() || !type.isUtf8()) {
      throw new RefusedRequestException(
          Reason.UNSUPPORTED_TYPE, "this Content-Type is not read here; send application/json");
    }
    Utf8.require(bytes);
    try (JsonBody json = new JsonBody(bytes, 0, bytes.length, 0)) {
      json.next();
      if (!json.isAtObject()) {
        throw new RefusedRequestException(
            Reason.INVALID, json.seen() + " was given, it takes an object");
      }
      while (json.nextField()) {
        String name = json.name();
        json.next();
        field.accept(name, json);
      }
      json.requireEnd();
    }
  }
}
