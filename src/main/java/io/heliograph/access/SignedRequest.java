package io.heliograph.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.security.Principal;

/** A request that knows a caller of the hub's where the server would not be told of one. */
final class SignedRequest extends HttpServletRequestWrapper {
  private final HubPrincipal principal;

  SignedRequest(HttpServletRequest request, HubPrincipal principal) {
    super(request);
    this.principal = principal;
  }

  @Override
  public Principal getUserPrincipal() {
    return principal;
  }

  @Override
  public String getRemoteUser() {
    return principal.getName();
  }

  @Override
  public boolean isUserInRole(String role) {
    return principal.caller().has(role);
  }
}
