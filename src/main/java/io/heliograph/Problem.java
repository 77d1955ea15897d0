package io.heliograph;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An error as clients see it (RFC 9457).
 *
 * @param type a relative URI that names the kind of problem, or {@code about:blank} where the
 *     status says it all
 * @param title the kind in words, the same every time
 * @param detail what was seen this time, against which limit, and what to do
 * @param error the one sentence for clients that know nothing of RFC 9457
 * @param retryAfter when trying again may help; null where it does not
 */
record Problem(
    int status,
    String type,
    String title,
    String detail,
    String error,
    @Nullable Duration retryAfter) {
  /** The media type of {@link #json()}. */
  static final String MEDIA_TYPE = "application/problem+json";

  /** What {@code Retry-After} says where whoever refused did not say. */
  static final Duration DEFAULT_RETRY = Duration.ofSeconds(5);

  /** What the servers' own refusals mean. */
  private static final Map<Integer, String> MEANINGS =
      Map.of(
          400, "the request is malformed",
          401, "a valid credential is needed",
          403, "the caller may not do this",
          404, "there is nothing at this address",
          405, "this address does not take this method; Allow lists those it takes",
          406, "none of the media types in Accept can be given",
          408, "nothing more of the body came; send it faster or in smaller batches",
          415, "the request's Content-Type is not read here",
          500, "the hub failed unexpectedly; the server's log says more");

  /** A problem that repeating the same request does not solve. */
  static Problem of(int status, String name, String title, String detail) {
    return new Problem(status, "/problems/" + name, title, detail, detail, null);
  }

  static Problem of(int status, String name, String title, String detail, Duration retryAfter) {
    return new Problem(status, "/problems/" + name, title, detail, detail, retryAfter);
  }

  /**
   * A status that says it all.
   *
   * @param detail null for what the status means here
   */
  static Problem ofStatus(int status, String title, @Nullable String detail) {
    boolean mayPass = status == 429 || status == 503;
    String said = detail == null ? MEANINGS.getOrDefault(status, title) : detail;
    return new Problem(status, "about:blank", title, said, said, mayPass ? DEFAULT_RETRY : null);
  }

  /** The same, but the one sentence is {@code sentence}; null for what it is already. */
  Problem saying(@Nullable String sentence) {
    return sentence == null ? this : new Problem(status, type, title, detail, sentence, retryAfter);
  }

  Response response() {
    Response.ResponseBuilder response = Response.status(status).type(MEDIA_TYPE).entity(json());
    if (retryAfter != null) {
      // Rounded up: whoever comes back a moment too early is refused again.
      response.header("Retry-After", retryAfter.plusNanos(999_999_999).toSeconds());
    }
    if (status == 408 || status == 413) {
      // What is left of the body may be without end. Any other rest is the server's to pass over.
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
        + quoted(error)
        + "}";
  }

  private static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }
}
