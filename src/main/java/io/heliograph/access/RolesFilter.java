package io.heliograph.access;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.SecurityContext;
import java.util.Set;
import java.util.TreeSet;

/** Lets in who has one of some roles. Comes before the server's own check, if it has one. */
@Priority(Priorities.AUTHORIZATION - 1)
final class RolesFilter implements ContainerRequestFilter {
  private final Set<String> allowed;

  RolesFilter(Set<String> allowed) {
    this.allowed = new TreeSet<>(allowed);
  }

  @Override
  public void filter(ContainerRequestContext context) {
    SecurityContext security = context.getSecurityContext();
    if (security.getUserPrincipal() == null) {
      throw new NotAuthenticatedException(
          context.getMethod() + " " + context.getUriInfo().getPath());
    }
    if (allowed.stream().noneMatch(security::isUserInRole)) {
      throw new ForbiddenException(
          "this needs the role "
              + String.join(" or ", allowed)
              + ", which '"
              + security.getUserPrincipal().getName()
              + "' has not; map one of its groups to it in the server, or make a key that has it");
    }
  }
}
