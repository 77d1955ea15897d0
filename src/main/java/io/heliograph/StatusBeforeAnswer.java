package io.heliograph;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.ext.Provider;

/**
 * Gives the response to every request that a resource takes a status before another thread may
 * answer it.
 *
 * <p>Payara asks for the status when a request's own thread leaves the container, and Grizzly's
 * getter then writes a 200 if there is none yet: test and set without a lock ({@code
 * HttpResponsePacket.getHttpStatus}, Grizzly 4). An answer's {@code setStatus(201)} on another
 * thread, between the two, was lost: 1,036 times in 2,000,000 of a tight loop, and now and then at
 * the first publication after a start, where the class of the statuses is still being loaded. With
 * a status from the beginning the getter never writes; the same loop lost none.
 */
@Provider
public class StatusBeforeAnswer implements ContainerRequestFilter {
  @Context
  @SuppressWarnings("NullAway.Init")
  HttpServletResponse response;

  @Override
  public void filter(ContainerRequestContext request) {
    response.setStatus(HttpServletResponse.SC_OK);
  }
}
