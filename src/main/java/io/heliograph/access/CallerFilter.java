package io.heliograph.access;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.ext.Provider;
import java.security.Principal;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Gives every request to a resource its {@link Caller}, or refuses it: a credential that is not
 * valid is refused before anybody asks whether one is needed.
 */
@Dependent
@Provider
@PreMatching
@Priority(Priorities.AUTHENTICATION)
public class CallerFilter implements ContainerRequestFilter {
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
  private static final String LOGIN = "v2/login";

  @Inject private Tenants tenants;

  @Context HttpServletRequest request;

  @SuppressWarnings("NullAway.Init")
  public CallerFilter() {}

  @Override
  public void filter(ContainerRequestContext context) {
    if (Outcome.of(request) instanceof Outcome.Refused refused) {
      throw refused.because();
    }
    Caller caller = Caller.of(request);
    Principal realmUser = request.getUserPrincipal();
    if (caller.isAnonymous() && realmUser != null) {
      caller = realmUser(realmUser.getName());
      caller.bindTo(request);
    }
    if (!SAFE.contains(context.getMethod())) {
      requireOwnPage(caller.credential().kind(), context.getUriInfo().getPath());
    }
    context.setSecurityContext(new Secured(caller, context.getSecurityContext()));
  }

  /**
   * A browser sends a session unasked; also a name and password, once it has been given them for
   * this origin. A login that another site's page makes would give its victim somebody else's
   * session.
   */
  private void requireOwnPage(Credential.Kind kind, String path) {
    if (kind == Credential.Kind.SESSION) {
      SameOrigin.require(request);
    } else if (kind == Credential.Kind.PASSWORD || path.endsWith(LOGIN)) {
      SameOrigin.requireIfSaid(request);
    }
  }

  /** What the server maps the user's groups to can be asked here, and not where it logged in. */
  private Caller realmUser(String name) {
    Set<String> roles = new TreeSet<>();
    for (String role : Roles.ALL) {
      if (request.isUserInRole(role)) {
        roles.add(role);
      }
    }
    return new Caller(
        name, roles, tenants.of(name), new Credential(Credential.Kind.PASSWORD, "", null));
  }

  /** What JAX-RS, and a server's own check of {@code @RolesAllowed}, ask. */
  private record Secured(Caller caller, SecurityContext given) implements SecurityContext {
    @Override
    public @Nullable Principal getUserPrincipal() {
      return caller.isAnonymous() ? null : caller::shownName;
    }

    @Override
    public boolean isUserInRole(String role) {
      return caller.has(role);
    }

    @Override
    public boolean isSecure() {
      return given.isSecure();
    }

    @Override
    public @Nullable String getAuthenticationScheme() {
      return caller.isAnonymous() ? null : caller.credential().kind().word();
    }
  }
}
