package io.heliograph.admin;

import io.heliograph.access.Roles;
import io.heliograph.access.Sessions;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;

/** Logs users out. */
@Dependent
@Path("/v2/admin/sessions")
@RolesAllowed(Roles.ADMIN)
public class SessionResource {
  @Inject private Sessions sessions;

  @SuppressWarnings("NullAway.Init")
  public SessionResource() {}

  @SuppressWarnings("UnnecessaryAssignment")
  SessionResource(Sessions sessions) {
    this.sessions = sessions;
  }

  /**
   * Ends all sessions of {@code name}, and within seconds every stream that they opened; also
   * answers 204 when there were none.
   *
   * <p>For a user who was removed from the realm or lost a group there: a session keeps the roles
   * of its login.
   */
  @DELETE
  @Path("{name}")
  public void end(@PathParam("name") String name) {
    sessions.endAll(name);
  }
}
