package io.heliograph.history;

import io.heliograph.access.Caller;
import io.heliograph.access.ClientAddresses;
import io.heliograph.event.EventDraft;
import io.heliograph.event.View;
import io.heliograph.stream.Peer;
import io.heliograph.stream.ReadParameters;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;

/** A stream's events over HTTP, a page at a time. */
@Dependent
@Path("/v2/streams/{stream}")
@Produces(MediaType.APPLICATION_JSON)
public class HistoryResource {
  @Inject private History history;
  @Inject private Answers answers;
  @Inject private ClientAddresses addresses;

  @SuppressWarnings("NullAway.Init")
  public HistoryResource() {}

  @GET
  @Path("events")
  public void page(
      @PathParam("stream") String stream,
      @Context UriInfo uri,
      @Context HttpServletRequest request,
      @Suspended AsyncResponse response) {
    page(View.of(stream), uri, request, response);
  }

  @GET
  @Path("{key}/events")
  public void pageOfKey(
      @PathParam("stream") String stream,
      @PathParam("key") String key,
      @Context UriInfo uri,
      @Context HttpServletRequest request,
      @Suspended AsyncResponse response) {
    View view = View.of(stream);
    page(
        view.withKey(ReadParameters.label("key", key, EventDraft.LABEL_LIMIT)),
        uri,
        request,
        response);
  }

  /** RESTEasy would take HEAD for that of a key named so. */
  @HEAD
  @Path("events")
  public void headOfPage(
      @PathParam("stream") String stream,
      @Context UriInfo uri,
      @Context HttpServletRequest request,
      @Suspended AsyncResponse response) {
    page(stream, uri, request, response);
  }

  private void page(View view, UriInfo uri, HttpServletRequest request, AsyncResponse response) {
    Peer peer = new Peer(Caller.of(request), addresses.of(request), "", null);
    answers.give(
        history.page(HistoryQuery.parse(view, uri.getQueryParameters()), peer),
        HistoryJson::page,
        request,
        response);
  }
}
