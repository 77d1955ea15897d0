package io.heliograph.history;

import io.heliograph.access.Caller;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;

/** One event over HTTP. */
@Dependent
@Path("/v2/events/{id}")
@Produces(MediaType.APPLICATION_JSON)
public class EventResource {
  @Inject private History history;
  @Inject private Answers answers;

  @SuppressWarnings("NullAway.Init")
  public EventResource() {}

  @GET
  public void event(
      @PathParam("id") String id,
      @Context HttpServletRequest request,
      @Suspended AsyncResponse response) {
    answers.give(
        history.find(id, Caller.of(request)),
        event -> HistoryJson.one(event.orElseThrow(EventResource::notFound)),
        request,
        response);
  }

  private static NotFoundException notFound() {
    return new NotFoundException("there is no such event, or it is no longer kept");
  }
}
