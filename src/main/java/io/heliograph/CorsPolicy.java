package io.heliograph;

import io.heliograph.settings.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which other sites' scripts may read what the hub answers: {@code heliograph.cors.origins}.
 *
 * <p>Origins that are listed may send credentials; {@code *} stands for every origin, and then
 * nobody's credentials are taken: any site could use the reader's otherwise. Without a list, pages
 * of the hub's own origin are the only ones.
 *
 * @see <a href="https://fetch.spec.whatwg.org/#http-cors-protocol">Fetch, 3.2</a>
 */
final class CorsPolicy {
  private static final String KEY = "cors.origins";
  private static final String ANY = "*";

  /** What scripts may read besides the headers that they always may. */
  private static final String EXPOSED = "Location, Retry-After, X-SSE-Connection-Id";

  private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";

  /** Chromium remembers for two hours at most, Firefox for a day. */
  private static final String REMEMBERED_SECONDS = "7200";

  private final Set<String> origins;

  private CorsPolicy(Set<String> origins) {
    this.origins = Set.copyOf(origins);
  }

  /** Reads the key; what is no origin becomes a problem of {@code settings}. */
  static CorsPolicy read(Settings settings) {
    Set<String> origins = new LinkedHashSet<>();
    for (String text : settings.list(KEY, "")) {
      if (text.equals(ANY) || isOrigin(text)) {
        origins.add(text);
      } else {
        settings.problem(
            Settings.PREFIX
                + KEY
                + ": '"
                + text
                + "' is no origin; it takes scheme, host and perhaps a port, as"
                + " https://app.example.org, or * for every origin, without credentials");
      }
    }
    if (origins.contains(ANY) && origins.size() > 1) {
      settings.problem(
          Settings.PREFIX + KEY + ": '*' is every origin; it cannot stand beside others");
    }
    return new CorsPolicy(origins);
  }

  /** As browsers write one: in lower case, without a path or a port that the scheme implies. */
  private static boolean isOrigin(String text) {
    try {
      URI uri = new URI(text);
      String scheme = uri.getScheme();
      boolean isHttp = "http".equals(scheme) || "https".equals(scheme);
      int impliedPort = "http".equals(scheme) ? 80 : 443;
      return isHttp
          && uri.getHost() != null
          && uri.getPort() != impliedPort
          && text.equals(text.toLowerCase(Locale.ROOT))
          && text.equals(
              scheme + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /**
   * The headers of an answer to {@code origin}; null for a request that names none.
   *
   * @return without leave for one that may not read it, which the browser then keeps from the
   *     script
   */
  Map<String, String> headers(@Nullable String origin) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (origins.contains(ANY)) {
      headers.put("Access-Control-Allow-Origin", ANY);
      headers.put("Access-Control-Expose-Headers", EXPOSED);
      return headers;
    }
    if (!origins.isEmpty()) {
      // A cache would give one origin's answer to another.
      headers.put("Vary", "Origin");
    }
    if (origin != null && origins.contains(origin)) {
      headers.put("Access-Control-Allow-Origin", origin);
      headers.put("Access-Control-Allow-Credentials", "true");
      headers.put("Access-Control-Expose-Headers", EXPOSED);
    }
    return headers;
  }

  /**
   * Likewise of the answer to a preflight, which asks before a request is sent.
   *
   * @param asked the request headers that the script wants to send; null for none
   */
  Map<String, String> preflight(String origin, @Nullable String asked) {
    Map<String, String> headers = headers(origin);
    if (headers.containsKey("Access-Control-Allow-Origin")) {
      headers.put("Access-Control-Allow-Methods", METHODS);
      headers.put("Access-Control-Max-Age", REMEMBERED_SECONDS);
      // Whatever an allowed origin likes to send; CloudEvents have names of their own.
      if (asked != null && asked.matches("[A-Za-z0-9!#$%&'*+.^_`|~, -]{1,1000}")) {
        headers.put("Access-Control-Allow-Headers", asked);
      }
    }
    return headers;
  }
}
