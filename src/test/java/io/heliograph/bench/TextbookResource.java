package io.heliograph.bench;

import jakarta.inject.Singleton;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseBroadcaster;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.List;

/**
 * What the hub is compared with: server-sent events as every introduction to JAX-RS shows them.
 *
 * <p>Takes the hub's publish requests, so that both are sent the same bytes. Data go out as the
 * string they came in, which is the cheapest that the API offers.
 */
@Singleton
@Path("/")
public class TextbookResource {
  private final Sse sse;
  private final SseBroadcaster broadcaster;

  public TextbookResource(@Context Sse sse) {
    this.sse = sse;
    this.broadcaster = sse.newBroadcaster();
  }

  @GET
  @Path("events")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  public void subscribe(@Context SseEventSink sink) {
    broadcaster.register(sink);
    sink.send(sse.newEvent("hello", "welcome"));
  }

  @POST
  @Path("publish")
  @Consumes(MediaType.APPLICATION_JSON)
  public Response publish(JsonStructure published) {
    List<? extends JsonValue> events =
        published instanceof JsonArray array ? array : List.of(published);
    for (JsonValue event : events) {
      JsonObject object = event.asJsonObject();
      broadcaster.broadcast(
          sse.newEvent(object.getString("type"), object.getJsonObject("data").toString()));
    }
    return Response.status(Response.Status.CREATED).build();
  }
}
