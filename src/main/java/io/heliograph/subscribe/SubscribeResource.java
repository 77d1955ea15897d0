package io.heliograph.subscribe;

import io.heliograph.access.ClientAddresses;
import io.heliograph.event.EventDraft;
import io.heliograph.event.View;
import io.heliograph.log.LogFollower;
import io.heliograph.sse.OutboundEventEncoder;
import io.heliograph.sse.ServletEventSink;
import io.heliograph.stream.Channel;
import io.heliograph.stream.Peer;
import io.heliograph.stream.ReadParameters;
import io.heliograph.stream.StreamRegistry;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.Providers;
import java.security.Principal;

/** Reads a stream live: opens the sink, gets the broadcaster, registers. */
@Dependent
@Path("/v2/streams/{stream}")
public class SubscribeResource {
  private final StreamRegistry registry;
  private final LogFollower follower;
  private final ClientAddresses addresses;

  @Inject
  public SubscribeResource(
      StreamRegistry registry, LogFollower follower, ClientAddresses addresses) {
    this.registry = registry;
    this.follower = follower;
    this.addresses = addresses;
  }

  /** Every key of the stream. */
  @GET
  @Produces(MediaType.SERVER_SENT_EVENTS)
  public void subscribe(
      @PathParam("stream") String stream,
      @Context UriInfo uri,
      @Context HttpServletRequest request,
      @Context Providers providers,
      @Suspended AsyncResponse taken) {
    register(
        ReadRequest.of(View.of(stream), uri.getQueryParameters(), request),
        request,
        providers,
        taken);
  }

  /** One key of the stream. */
  @GET
  @Path("{key}")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  public void subscribeToKey(
      @PathParam("stream") String stream,
      @PathParam("key") String key,
      @Context UriInfo uri,
      @Context HttpServletRequest request,
      @Context Providers providers,
      @Suspended AsyncResponse taken) {
    View view = View.of(stream).withKey(ReadParameters.label("key", key, EventDraft.LABEL_LIMIT));
    register(ReadRequest.of(view, uri.getQueryParameters(), request), request, providers, taken);
  }

  private void register(
      ReadRequest asked, HttpServletRequest request, Providers providers, AsyncResponse taken) {
    registry.requireTaking();
    follower.requireReadable();
    Channel channel = registry.channel(asked.view());
    Peer peer = peer(asked, request);
    AsyncContext async = request.getAsyncContext();
    registry
        .admission()
        .admit(channel.policy(), peer)
        .whenComplete(
            (slot, refusal) -> {
              if (refusal != null) {
                taken.resume(refusal);
                return;
              }
              try {
                channel.register(open(async, providers), asked.start(), peer, slot);
              } catch (RuntimeException e) {
                slot.release();
                taken.resume(e);
              }
            });
  }

  private ServletEventSink open(AsyncContext async, Providers providers) {
    HttpServletResponse response = (HttpServletResponse) async.getResponse();
    ServletEventSink sink =
        new ServletEventSink(async, new OutboundEventEncoder(providers), System::nanoTime);
    response.setStatus(HttpServletResponse.SC_OK);
    response.setContentType("text/event-stream;charset=utf-8");
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache, no-store");
    // nginx would otherwise collect events until its buffer is full.
    response.setHeader("X-Accel-Buffering", "no");
    response.setHeader("X-SSE-Connection-Id", sink.id());
    return sink;
  }

  private Peer peer(ReadRequest asked, HttpServletRequest request) {
    Principal caller = request.getUserPrincipal();
    String agent = request.getHeader(HttpHeaders.USER_AGENT);
    return new Peer(
        caller == null ? null : caller.getName(),
        null,
        addresses.of(request),
        agent == null ? "" : agent,
        asked.session());
  }
}
