package io.heliograph.subscribe;

import io.heliograph.stream.StreamPolicies;
import io.heliograph.stream.StreamPolicy;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.stream.Collectors;

/** Which streams there are: {@code {"streams":["events",...]}}. */
@Dependent
@Path("/v2/streams")
public class StreamsResource {
  private final StreamPolicies policies;

  @Inject
  public StreamsResource(StreamPolicies policies) {
    this.policies = policies;
  }

  /** Names need no quoting: they are lower-case letters, digits, '-' and '_'. */
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  public String streams() {
    return policies.all().stream()
        .map(StreamPolicy::name)
        .collect(Collectors.joining("\",\"", "{\"streams\":[\"", "\"]}"));
  }
}
