package io.heliograph.publish;

import io.heliograph.access.ClientAddresses;
import io.heliograph.access.Roles;
import io.heliograph.body.BodyReader;
import io.heliograph.event.EventId;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Publishes over HTTP. No thread of the container waits: not for the body, and not for the log. */
@Dependent
@Path("/v2/streams/{stream}")
public class PublishResource {
  @Inject private Publisher publisher;
  @Inject private BodyReader bodies;
  @Inject private ClientAddresses addresses;

  @SuppressWarnings("NullAway.Init")
  public PublishResource() {}

  @SuppressWarnings("UnnecessaryAssignment")
  PublishResource(Publisher publisher, BodyReader bodies, ClientAddresses addresses) {
    this.publisher = publisher;
    this.bodies = bodies;
    this.addresses = addresses;
  }

  @POST
  @Path("events")
  @RolesAllowed(Roles.PUBLISH)
  public void publish(
      @PathParam("stream") String stream,
      @Context HttpServletRequest request,
      @Context UriInfo uri,
      @Suspended AsyncResponse response) {
    publish(stream, null, request, uri, response);
  }

  @POST
  @Path("{key}/events")
  @RolesAllowed(Roles.PUBLISH)
  public void publishWithKey(
      @PathParam("stream") String stream,
      @PathParam("key") String key,
      @Context HttpServletRequest request,
      @Context UriInfo uri,
      @Suspended AsyncResponse response) {
    publish(stream, key, request, uri, response);
  }

  private void publish(
      String stream,
      @Nullable String key,
      HttpServletRequest request,
      UriInfo uri,
      AsyncResponse response) {
    try {
      // Before the body is read: nobody sends 8 MiB to learn of a misspelt name.
      publisher.requireGeneralDoor(stream);
      PublishRequest asked = PublishRequest.of(stream, key, request);
      PublicationReader.requireFormat(asked);
      String eventsPath = uri.getBaseUri().getRawPath() + "v2/events/";
      bodies
          .read(request, addresses.of(request).network())
          .thenApply(body -> PublicationReader.read(asked, body))
          .thenCompose(
              submission ->
                  publisher
                      .publish(submission.publication())
                      .thenApply(ids -> created(submission, ids, eventsPath)))
          .whenComplete(
              (created, failure) -> {
                if (failure == null) {
                  response.resume(created);
                } else {
                  response.resume(cause(failure));
                }
              });
    } catch (IOException | RuntimeException e) {
      response.resume(e);
    }
  }

  private static Response created(Submission submission, List<EventId> ids, String eventsPath) {
    if (submission.isBatch()) {
      String list = ids.stream().map(id -> "\"" + id + "\"").collect(Collectors.joining(","));
      return created("{\"ids\":[" + list + "]}").build();
    }
    EventId id = ids.get(0);
    return created("{\"id\":\"" + id + "\"}").location(URI.create(eventsPath + id)).build();
  }

  private static Response.ResponseBuilder created(String json) {
    return Response.status(Response.Status.CREATED)
        .type(MediaType.APPLICATION_JSON_TYPE)
        .entity(json);
  }

  /** What a stage wraps when it passes a failure on. */
  private static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
