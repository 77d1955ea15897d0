package io.heliograph.account;

import io.heliograph.access.Caller;
import io.heliograph.access.NotAuthenticatedException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;

/**
 * Who is asking, and how that is known: {@code
 * {"name":"maria","roles":["events-read-own"],"tenant":null,"authenticated_by":"session"}}.
 */
@Path("/v2/me")
public class MeResource {
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  public String me(@Context HttpServletRequest request) {
    Caller caller = Caller.of(request);
    if (caller.isAnonymous()) {
      throw new NotAuthenticatedException("/api/v2/me");
    }
    return CallerJson.of(caller);
  }
}
