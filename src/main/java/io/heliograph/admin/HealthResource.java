package io.heliograph.admin;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;

/**
 * How this node is, for whatever watches over it: {@code
 * {"status":"UP","checks":[{"name":"ticks","status":"UP","data":{}}]}}, 200 if it is well and 503
 * if not.
 *
 * <p>For anybody: probes have no credential, and nothing in it is secret.
 */
@Dependent
@Path("/v2/health")
public class HealthResource {
  @Inject private Liveness liveness;
  @Inject private Readiness readiness;

  @SuppressWarnings("NullAway.Init")
  public HealthResource() {}

  /** Whether it works at all; if not, only a restart helps. */
  @GET
  @Path("live")
  public Response live() {
    return liveness.health().response();
  }

  /** Whether it should be sent requests now. */
  @GET
  @Path("ready")
  public Response ready() {
    return readiness.health().response();
  }
}
