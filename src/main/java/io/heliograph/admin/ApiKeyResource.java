package io.heliograph.admin;

import io.heliograph.access.ApiKey;
import io.heliograph.access.ApiKeys;
import io.heliograph.access.Roles;
import io.heliograph.body.JsonText;
import io.heliograph.body.SmallBody;
import io.heliograph.event.InvalidEventException;
import io.heliograph.settings.Settings;
import io.heliograph.stream.ReadParameters;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Makes, lists, rotates and revokes API keys. */
@Dependent
@Path("/v2/admin/api-keys")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Roles.ADMIN)
public class ApiKeyResource {
  /** Long enough to bring a new key to everybody who has the old one. */
  private static final Duration OVERLAP = Duration.ofHours(24);

  @Inject private ApiKeys keys;

  @SuppressWarnings("NullAway.Init")
  public ApiKeyResource() {}

  /** The newest first: {@code {"api_keys":[...],"next":"<id>"|null}}; {@code next} as after. */
  @GET
  public String list(
      @QueryParam("after") @Nullable String after, @QueryParam("limit") @Nullable String limit) {
    int most = Listing.limit(limit);
    List<ApiKey> page = keys.all(after, most);
    JsonText json = new JsonText().begin().beginArray("api_keys");
    page.forEach(key -> put(json.begin(), key).end());
    boolean mayHaveMore = page.size() == most;
    return json.endArray()
        .put("next", mayHaveMore ? page.get(page.size() - 1).id() : null)
        .end()
        .toString();
  }

  @GET
  @Path("{id}")
  public String one(@PathParam("id") String id) {
    ApiKey key = keys.find(id).orElseThrow(() -> unknown(id));
    return put(new JsonText().begin(), key).end().toString();
  }

  /**
   * Makes one of {@code {"name":"...","owner":"...","tenant":"...","roles":[...],"expires":"..."}},
   * of which only the name is needed; answers it with its text, {@code key}.
   */
  @POST
  public Response make(@Context HttpServletRequest request) throws IOException {
    WishReader reader = new WishReader();
    SmallBody.read(request, reader::field);
    return made(keys.make(reader.wish()));
  }

  /** Gives it a new text, {@code {"overlap":"24h"}} long beside the old one. */
  @POST
  @Path("{id}/rotate")
  public Response rotate(@PathParam("id") String id, @Context HttpServletRequest request)
      throws IOException {
    Duration[] overlap = {OVERLAP};
    SmallBody.read(
        request,
        (name, json) -> {
          if (!name.equals("overlap")) {
            throw new InvalidEventException(name, "no such field; a rotation has overlap");
          }
          String text = json.text(name);
          overlap[0] =
              Settings.parseDuration(text == null ? "" : text)
                  .orElseThrow(
                      () ->
                          new InvalidEventException(
                              "overlap", "takes a duration such as 24h, or 0 for none"));
        });
    return made(keys.rotate(id, overlap[0]).orElseThrow(() -> unknown(id)));
  }

  /** Ends it, and within seconds every stream that it opened. */
  @DELETE
  @Path("{id}")
  public void revoke(@PathParam("id") String id) {
    if (!keys.revoke(id) && keys.find(id).isEmpty()) {
      throw unknown(id);
    }
  }

  private static Response made(ApiKey.Made made) {
    return Response.status(Response.Status.CREATED)
        .entity(put(new JsonText().begin().put("key", made.text()), made.key()).end().toString())
        .build();
  }

  private static JsonText put(JsonText json, ApiKey key) {
    return json.put("id", key.id())
        .put("name", key.name())
        .put("owner", key.owner())
        .put("tenant", key.tenant())
        .put("roles", new TreeSet<>(key.roles()))
        .put("created", text(key.created()))
        .put("expires", text(key.expires()))
        .put("revoked", text(key.revoked()))
        .put("last_used", text(key.lastUsed()));
  }

  private static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }

  private static NotFoundException unknown(String id) {
    return new NotFoundException("there is no API key '" + ReadParameters.shown(id) + "'");
  }
}
