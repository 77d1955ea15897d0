package io.heliograph.admin;

import io.heliograph.access.Roles;
import io.heliograph.access.Tenants;
import io.heliograph.body.JsonText;
import io.heliograph.event.EventDraft;
import io.heliograph.stream.ReadParameters;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.jspecify.annotations.Nullable;

/** Which tenant a user of the server's realm belongs to: a realm itself knows of none. */
@Dependent
@Path("/v2/admin/tenants")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Roles.ADMIN)
public class TenantResource {
  @Inject private Tenants tenants;

  @SuppressWarnings("NullAway.Init")
  public TenantResource() {}

  /**
   * Every tenant with members, in the order of their names, after {@code after}: {@code
   * {"tenants":[{"tenant":"7","members":3}]}}.
   */
  @GET
  public String tenants(
      @QueryParam("after") @Nullable String after, @QueryParam("limit") @Nullable String limit) {
    JsonText json = new JsonText().begin().beginArray("tenants");
    tenants
        .all(after, Listing.limit(limit))
        .forEach(one -> json.begin().put("tenant", one.name()).put("members", one.members()).end());
    return json.endArray().end().toString();
  }

  /**
   * Its members in the order of their names, after {@code after}: {@code {"members":["maria"]}}.
   */
  @GET
  @Path("{tenant}/members")
  public String members(
      @PathParam("tenant") String tenant,
      @QueryParam("after") @Nullable String after,
      @QueryParam("limit") @Nullable String limit) {
    return new JsonText()
        .begin()
        .put("members", tenants.members(tenant(tenant), after, Listing.limit(limit)))
        .end()
        .toString();
  }

  /** From the next request on {@code name} belongs to {@code tenant}, and to no other. */
  @PUT
  @Path("{tenant}/members/{name}")
  public void put(@PathParam("tenant") String tenant, @PathParam("name") String name) {
    tenants.put(tenant(tenant), ReadParameters.label("name", name, EventDraft.LABEL_LIMIT));
  }

  /** From the next request on {@code name} belongs to nobody. */
  @DELETE
  @Path("{tenant}/members/{name}")
  public void remove(@PathParam("tenant") String tenant, @PathParam("name") String name) {
    if (!tenants.remove(tenant, name)) {
      throw new NotFoundException(
          "'" + ReadParameters.shown(name) + "' is no member of this tenant");
    }
  }

  private static String tenant(String given) {
    return ReadParameters.label("tenant", given, EventDraft.LABEL_LIMIT);
  }
}
