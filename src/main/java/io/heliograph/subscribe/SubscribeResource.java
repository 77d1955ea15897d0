package io.heliograph.subscribe;

import io.heliograph.access.Caller;
import io.heliograph.access.ClientAddresses;
import io.heliograph.event.EventDraft;
import io.heliograph.event.View;
import io.heliograph.log.LogFollower;
import io.heliograph.sse.OutboundEventEncoder;
import io.heliograph.sse.ServletEventSink;
import io.heliograph.stream.Peer;
import io.heliograph.stream.ReadParameters;
import io.heliograph.stream.StreamPolicies;
import io.heliograph.stream.StreamPolicy;
import io.heliograph.stream.StreamRegistry;
import io.heliograph.stream.Visibility;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.Providers;
import java.util.Map;

/** Reads a stream live: gets the broadcaster, has the connection admitted, registers its sink. */
@Dependent
@Path("/v2/streams/{stream}")
public class SubscribeResource {
  /** Of every stream; nginx would otherwise collect events until its buffer is full. */
  private static final Map<String, String> HEADERS =
      Map.of(
          HttpHeaders.CONTENT_TYPE,
          "text/event-stream;charset=utf-8",
          HttpHeaders.CACHE_CONTROL,
          "no-cache, no-store",
          "X-Accel-Buffering",
          "no");

  @Inject private StreamRegistry registry;
  @Inject private LogFollower follower;
  @Inject private StreamPolicies policies;
  @Inject private ClientAddresses addresses;

  @SuppressWarnings("NullAway.Init")
  public SubscribeResource() {}

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
    register(
        ReadRequest.of(view(stream, key), uri.getQueryParameters(), request),
        request,
        providers,
        taken);
  }

  /**
   * What {@link #subscribe} would answer below every limit, without a connection, so without the id
   * of one. JAX-RS would call that method, whose answer has no end.
   */
  @HEAD
  @Produces(MediaType.SERVER_SENT_EVENTS)
  public Response head(
      @PathParam("stream") String stream,
      @Context UriInfo uri,
      @Context HttpServletRequest request) {
    return head(ReadRequest.of(View.of(stream), uri.getQueryParameters(), request), request);
  }

  /** Likewise, of {@link #subscribeToKey}. */
  @HEAD
  @Path("{key}")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  public Response headOfKey(
      @PathParam("stream") String stream,
      @PathParam("key") String key,
      @Context UriInfo uri,
      @Context HttpServletRequest request) {
    return head(ReadRequest.of(view(stream, key), uri.getQueryParameters(), request), request);
  }

  private Response head(ReadRequest asked, HttpServletRequest request) {
    requireOpen();
    StreamPolicy policy = policies.require(asked.view().stream());
    Visibility.of(asked.view(), policy, Caller.of(request));
    Response.ResponseBuilder response = Response.ok();
    HEADERS.forEach(response::header);
    return response.build();
  }

  private void register(
      ReadRequest asked, HttpServletRequest request, Providers providers, AsyncResponse taken) {
    requireOpen();
    StreamPolicy policy = policies.require(asked.view().stream());
    Peer peer = peer(asked, request);
    View view = Visibility.of(asked.view(), policy, peer.caller());
    ServletEventSink sink =
        new ServletEventSink(
            request.getAsyncContext(),
            new OutboundEventEncoder(providers),
            System::nanoTime,
            SubscribeResource::begin);
    registry
        .admission()
        .admit(policy, peer)
        .whenComplete(
            (slot, refusal) -> {
              if (refusal != null) {
                refuse(refusal, taken, sink);
                return;
              }
              try {
                // Only now: a flood that is refused makes no channels.
                registry.channel(view).register(sink, asked.start(), peer, slot);
              } catch (RuntimeException | Error e) {
                slot.release();
                refuse(e, taken, sink);
              }
            });
  }

  /** At a stop the JAX-RS runtime may have ended; then there is at least an end. */
  private static void refuse(Throwable refusal, AsyncResponse taken, ServletEventSink sink) {
    boolean isAnswered = false;
    try {
      isAnswered = taken.resume(refusal);
    } finally {
      if (!isAnswered) {
        sink.close();
      }
    }
  }

  private void requireOpen() {
    registry.requireTaking();
    follower.requireReadable();
  }

  private static View view(String stream, String key) {
    return View.of(stream).withKey(ReadParameters.label("key", key, EventDraft.LABEL_LIMIT));
  }

  private static void begin(ServletEventSink sink, HttpServletResponse response) {
    response.setStatus(HttpServletResponse.SC_OK);
    HEADERS.forEach(response::setHeader);
    response.setHeader("X-SSE-Connection-Id", sink.id());
  }

  private Peer peer(ReadRequest asked, HttpServletRequest request) {
    String agent = request.getHeader(HttpHeaders.USER_AGENT);
    return new Peer(
        Caller.of(request), addresses.of(request), agent == null ? "" : agent, asked.session());
  }
}
