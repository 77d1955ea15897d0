package io.heliograph.admin;

import io.heliograph.access.Caller;
import io.heliograph.access.ForbiddenException;
import io.heliograph.access.NotAuthenticatedException;
import io.heliograph.access.Roles;
import io.heliograph.metrics.HubMetrics;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/**
 * What the hub counts, for a monitor.
 *
 * <p>One form, whatever is asked for: monitors list many, and take this one.
 */
@Dependent
@Path("/v2/metrics")
public class MetricsResource {
  @Inject private HubMetrics metrics;
  @Inject private MetricsAccess access;

  @SuppressWarnings("NullAway.Init")
  public MetricsResource() {}

  @GET
  public Response metrics(@Context HttpServletRequest request) {
    if (access == MetricsAccess.AUTHENTICATED) {
      requireReader(Caller.of(request));
    }
    return Response.ok(metrics.text(), HubMetrics.TEXT_TYPE).build();
  }

  private static void requireReader(Caller caller) {
    if (caller.isAnonymous()) {
      throw new NotAuthenticatedException("/api/v2/metrics");
    }
    if (!caller.has(Roles.READ_ALL)) {
      throw new ForbiddenException(
          "the counts are of all tenants and owners: this needs the role "
              + Roles.READ_ALL
              + ", which '"
              + caller.shownName()
              + "' has not; give the monitor a key that has it, or set"
              + " heliograph.metrics.access=public");
    }
  }
}
