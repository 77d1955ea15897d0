package io.heliograph.access;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * The cookie that a login gives a browser.
 *
 * <p>Not the container's: that one knows no {@code SameSite} on two of three servers, lives on one
 * node, and ends with a restart. {@code Lax}, so that a link to a page from elsewhere finds its
 * reader logged in; what changes something is asked for its origin besides.
 *
 * @see <a href="https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis">RFC 6265bis,
 *     4.1.2.7</a>
 */
public final class SessionCookie {
  private static final String NAME = "heliograph-session";

  private SessionCookie() {}

  /** What {@code request} carries, or null. */
  public static @Nullable String in(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    if (cookies != null) {
      for (Cookie cookie : cookies) {
        if (cookie.getName().equals(NAME)) {
          return cookie.getValue();
        }
      }
    }
    return null;
  }

  /**
   * Gives the browser {@code text}, until it is closed.
   *
   * @param isSecure whether the browser came by TLS, and is to send it by TLS only
   */
  public static void give(
      String text, boolean isSecure, HttpServletRequest request, HttpServletResponse response) {
    set(text, isSecure ? "; Secure" : "", request, response);
  }

  /** Has the browser forget it. */
  public static void take(HttpServletRequest request, HttpServletResponse response) {
    set("", "; Max-Age=0", request, response);
  }

  private static void set(
      String text, String more, HttpServletRequest request, HttpServletResponse response) {
    String path = request.getContextPath().isEmpty() ? "/" : request.getContextPath();
    response.addHeader(
        "Set-Cookie", NAME + "=" + text + "; Path=" + path + "; HttpOnly; SameSite=Lax" + more);
  }
}
