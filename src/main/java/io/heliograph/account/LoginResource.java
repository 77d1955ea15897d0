package io.heliograph.account;

import io.heliograph.access.Caller;
import io.heliograph.access.ClientAddresses;
import io.heliograph.access.Credential;
import io.heliograph.access.ForbiddenException;
import io.heliograph.access.NotAuthenticatedException;
import io.heliograph.access.SessionCookie;
import io.heliograph.access.Sessions;
import io.heliograph.access.TicketUse;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import org.jspecify.annotations.Nullable;

/**
 * Turns a name and password of the server's realm into a session, for people's browsers, and ends
 * it.
 *
 * <p>The name and password are checked before: they are a way in like any other. A login always
 * gives a new session, and ends the one that the browser brought, so that nobody can have prepared
 * it.
 */
@Dependent
@Path("/v2")
public class LoginResource {
  @Inject private Sessions sessions;
  @Inject private ClientAddresses addresses;

  @SuppressWarnings("NullAway.Init")
  public LoginResource() {}

  /**
   * Takes {@code {"name":"maria","password":"..."}}, or the same as {@code Authorization: Basic}.
   */
  @POST
  @Path("login")
  @Produces(MediaType.APPLICATION_JSON)
  public String login(@Context HttpServletRequest request, @Context HttpServletResponse response) {
    Caller caller = Caller.of(request);
    String name = caller.name();
    if (name == null) {
      throw new NotAuthenticatedException("a login");
    }
    if (caller.credential().kind() != Credential.Kind.PASSWORD || TicketUse.isIn(request)) {
      throw new ForbiddenException(
          "a session is for a name and password of the server's realm; a key or a token goes with"
              + " each request, or buys a ticket, which buys nothing");
    }
    endOld(request);
    String text = sessions.open(name, caller.roles()).text();
    SessionCookie.give(text, addresses.isSecure(request), request, response);
    return CallerJson.of(caller);
  }

  /** Ends the session, and every stream that it opened. Without one there is nothing to do. */
  @POST
  @Path("logout")
  public void logout(@Context HttpServletRequest request, @Context HttpServletResponse response) {
    endOld(request);
    SessionCookie.take(request, response);
  }

  private void endOld(HttpServletRequest request) {
    @Nullable String old = SessionCookie.in(request);
    if (old != null) {
      sessions.end(old);
    }
  }
}
