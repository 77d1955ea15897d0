package io.heliograph;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An error as clients see it (RFC 9457).
 *
 * @param type a relative URI that names the kind of problem, or {@code about:blank} where the
 *     status says it all
 * @param title the kind in words, the same every time
 * @param detail what was seen this time, against which limit, and what to do
 * @param retryAfter when trying again may help; null where it does not
 */
record Problem(
    int status, String type, String title, String detail, @Nullable Duration retryAfter) {
  /** The media type of {@link #json()}. */
  static final String MEDIA_TYPE = "application/problem+json";

  /** A problem that repeating the same request does not solve. */
  static Problem of(int status, String name, String title, String detail) {
    return new Problem(status, "/problems/" + name, title, detail, null);
  }

  static Problem of(int status, String name, String title, String detail, Duration retryAfter) {
    return new Problem(status, "/problems/" + name, title, detail, retryAfter);
  }

  Response response() {
    Response.ResponseBuilder response = Response.status(status).type(MEDIA_TYPE).entity(json());
    if (retryAfter != null) {
      response.header("Retry-After", retryAfter.toSeconds());
    }
    if (status == 408 || status == 413) {
      // The rest of the body may still come; read as the next request it would be one.
      response.header("Connection", "close");
    }
    return response.build();
  }

  /** Its body: RFC 9457's members, and {@code error} for clients that know nothing of them. */
  String json() {
    return "{\"type\":"
        + quoted(type)
        + ",\"title\":"
        + quoted(title)
        + ",\"status\":"
        + status
        + ",\"detail\":"
        + quoted(detail)
        + ",\"error\":"
        + quoted(detail)
        + "}";
  }

  private static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }
}
