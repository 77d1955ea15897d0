package io.heliograph.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.security.enterprise.AuthenticationStatus;
import jakarta.security.enterprise.authentication.mechanism.http.HttpMessageContext;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLEncoder;

/** The page that people are sent to who ask for one that is not for everybody. */
final class LoginPage {
  private static final String PATH = "/login.html";

  private LoginPage() {}

  /** Sends the browser there, and back again once it has logged in. */
  static AuthenticationStatus instead(HttpMessageContext context) {
    HttpServletRequest request = context.getRequest();
    String query = request.getQueryString();
    String wanted = request.getRequestURI() + (query == null ? "" : "?" + query);
    context
        .getResponse()
        .setHeader(
            "Location",
            request.getContextPath() + PATH + "?next=" + URLEncoder.encode(wanted, UTF_8));
    context.getResponse().setStatus(303);
    return AuthenticationStatus.SEND_CONTINUE;
  }
}
