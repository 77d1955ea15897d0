package io.heliograph.bench;

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
import org.jspecify.annotations.Nullable;

/**
 * What the hub is compared with: server-sent events as every introduction to JAX-RS shows them.
 *
 * <p>Takes the hub's publish requests, so that both are sent the same bytes. Data go out as the
 * string they came in, which is the cheapest that the API offers.
 */
@Path("/")
public class TextbookResource {
  private volatile @Nullable SseBroadcaster broadcaster;

  @GET
  @Path("events")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  public void subscribe(@Context SseEventSink sink, @Context Sse sse) {
    broadcaster(sse).register(sink);
    sink.send(sse.newEvent("hello", "welcome"));
  }

  @POST
  @Path("publish")
  @Consumes(MediaType.APPLICATION_JSON)
  public Response publish(JsonStructure published, @Context Sse sse) {
    SseBroadcaster broadcaster = broadcaster(sse);
    List<? extends JsonValue> events =
        published instanceof JsonArray array ? array : List.of(published);
    for (JsonValue event : events) {
      JsonObject object = event.asJsonObject();
      broadcaster.broadcast(
          sse.newEvent(object.getString("type"), object.getJsonObject("data").toString()));
    }
    return Response.status(Response.Status.CREATED).build();
  }

  private SseBroadcaster broadcaster(Sse sse) {
    SseBroadcaster made = broadcaster;
    return made == null ? firstBroadcaster(sse) : made;
  }

  private synchronized SseBroadcaster firstBroadcaster(Sse sse) {
    SseBroadcaster first = broadcaster;
    if (first == null) {
      first = sse.newBroadcaster();
      broadcaster = first;
    }
    return first;
  }
}
