package io.heliograph;

import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * What browsers are told about every answer: that nothing foreign runs in a page, that it stands in
 * nobody's frame, and which other sites' scripts may read it. Answers preflights itself.
 */
@WebFilter(urlPatterns = "/*", asyncSupported = true)
public class BrowserFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  /** No inline script and no other site's; {@code data:} for the pictures of the style sheet. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'; object-src 'none'";

  // Not the constructor's: Tomcat makes filters itself.
  @Inject private transient HubProducer hub;

  @SuppressWarnings("NullAway.Init")
  public BrowserFilter() {}

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    response.setHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    response.setHeader("X-Content-Type-Options", "nosniff");
    // For browsers that do not know frame-ancestors.
    response.setHeader("X-Frame-Options", "DENY");
    // Addresses of streams may carry a ticket or a token.
    response.setHeader("Referrer-Policy", "no-referrer");
    if (request.getServletPath().startsWith("/api")) {
      // Who may see an answer is decided at each request, so nothing in between keeps one.
      response.setHeader("Cache-Control", "no-cache, no-store");
    }
    String origin = request.getHeader("Origin");
    boolean isPreflight =
        request.getMethod().equals("OPTIONS")
            && origin != null
            && request.getHeader("Access-Control-Request-Method") != null;
    if (isPreflight) {
      hub.cors()
          .preflight(origin, request.getHeader("Access-Control-Request-Headers"))
          .forEach(response::setHeader);
      response.setStatus(HttpServletResponse.SC_NO_CONTENT);
      return;
    }
    hub.cors().headers(origin).forEach(response::setHeader);
    chain.doFilter(request, response);
  }
}
