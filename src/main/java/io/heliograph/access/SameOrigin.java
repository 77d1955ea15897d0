package io.heliograph.access;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * That a request comes from a page of the hub's own: a browser sends a session's cookie with every
 * request, also with one that another site's page has made.
 *
 * <p>Browsers say so themselves, in {@code Sec-Fetch-Site} where the connection is private and in
 * {@code Origin} otherwise; a page can forge neither.
 *
 * @see <a href="https://www.w3.org/TR/fetch-metadata/">Fetch Metadata, 2.3</a>
 */
final class SameOrigin {
  private SameOrigin() {}

  /**
   * @throws ForbiddenException if {@code request} does not say that it comes from here
   */
  static void require(HttpServletRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    String origin = request.getHeader("Origin");
    boolean isOwn = site != null ? site.equals("same-origin") : isOwn(origin, request);
    if (!isOwn) {
      throw new ForbiddenException(
          "a request that changes something and carries a session's cookie must come from a page of"
              + " this origin, and this one "
              + (site == null && origin == null
                  ? "does not say where from"
                  : "comes from elsewhere")
              + "; elsewhere use an API key or a token");
    }
  }

  /** Likewise, but who says nothing is no browser, and let pass. */
  static void requireIfSaid(HttpServletRequest request) {
    if (request.getHeader("Sec-Fetch-Site") != null || request.getHeader("Origin") != null) {
      require(request);
    }
  }

  /** By host and port: behind a proxy that ends TLS the scheme is not the browser's. */
  private static boolean isOwn(@Nullable String origin, HttpServletRequest request) {
    String host = request.getHeader("Host");
    if (origin == null || host == null) {
      return false;
    }
    try {
      return host.equalsIgnoreCase(new URI(origin).getRawAuthority());
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
