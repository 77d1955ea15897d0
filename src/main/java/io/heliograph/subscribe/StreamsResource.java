package io.heliograph.subscribe;

import io.heliograph.access.Caller;
import io.heliograph.stream.StreamPolicies;
import io.heliograph.stream.Visibility;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.stream.Collectors;

/** Which streams the caller can read: {@code {"streams":["events",...]}}. */
@Dependent
@Path("/v2/streams")
public class StreamsResource {
  @Inject private StreamPolicies policies;

  @SuppressWarnings("NullAway.Init")
  public StreamsResource() {}

  @SuppressWarnings("UnnecessaryAssignment")
  StreamsResource(StreamPolicies policies) {
    this.policies = policies;
  }

  /** Names need no quoting: they are lower-case letters, digits, '-' and '_'. */
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  public Response streams(@Context HttpServletRequest request) {
    Caller caller = Caller.of(request);
    String json =
        policies.all().stream()
            .filter(policy -> Visibility.canRead(policy, caller))
            .map(policy -> "\"" + policy.name() + "\"")
            .collect(Collectors.joining(",", "{\"streams\":[", "]}"));
    return Response.ok(json).build();
  }
}
