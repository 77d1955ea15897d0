package io.heliograph.account;

import io.heliograph.access.Caller;
import io.heliograph.access.ForbiddenException;
import io.heliograph.access.NotAuthenticatedException;
import io.heliograph.access.TicketUse;
import io.heliograph.access.Tickets;
import io.heliograph.body.JsonText;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/**
 * Turns whatever the caller presented into a ticket, for {@code EventSource}, which can send no
 * header: it is good for one request, on any node, and worth nothing in a log afterwards.
 */
@Dependent
@Path("/v2/tickets")
public class TicketResource {
  @Inject private Tickets tickets;

  @SuppressWarnings("NullAway.Init")
  public TicketResource() {}

  /** Answers {@code {"ticket":"...","expires_in_ms":30000}}. */
  @POST
  @Produces(MediaType.APPLICATION_JSON)
  public Response issue(@Context HttpServletRequest request) {
    Caller caller = Caller.of(request);
    if (caller.isAnonymous()) {
      throw new NotAuthenticatedException("a ticket");
    }
    if (TicketUse.isIn(request)) {
      throw new ForbiddenException(
          "a ticket buys no ticket; present the credential that bought this one");
    }
    String text =
        new JsonText()
            .begin()
            .put("ticket", tickets.issue(caller))
            .put("expires_in_ms", Tickets.LIFE.toMillis())
            .end()
            .toString();
    return Response.status(Response.Status.CREATED).entity(text).build();
  }
}
