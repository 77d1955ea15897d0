package io.heliograph.subscribe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.access.Caller;
import io.heliograph.access.Credential;
import io.heliograph.access.Roles;
import io.heliograph.settings.Settings;
import io.heliograph.stream.StreamPolicies;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.Response;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StreamsResourceTest {
  private final StreamsResource resource =
      new StreamsResource(
          StreamPolicies.read(
              Settings.of(
                  Map.of(
                      "heliograph.streams", "a",
                      "heliograph.systems", "jobs,monitors"))));

  @Test
  void listsWhatTheCallerCanRead_andNothingElse() {
    assertEquals("{\"streams\":[\"jobs\"]}", listed(Caller.ANONYMOUS));
    assertEquals("{\"streams\":[\"jobs\"]}", listed(caller(Roles.PUBLISH)));
    assertEquals("{\"streams\":[\"events\",\"a\",\"jobs\"]}", listed(caller(Roles.READ_OWN)));
    assertEquals(
        "{\"streams\":[\"events\",\"a\",\"jobs\",\"monitors\"]}", listed(caller(Roles.ADMIN)));
  }

  @Test
  void listsNone_whereNoneIsPublic() {
    StreamsResource closed = new StreamsResource(StreamPolicies.read(Settings.of(Map.of())));

    Response response = closed.streams(request(Caller.ANONYMOUS));

    assertEquals("{\"streams\":[]}", response.getEntity());
  }

  private String listed(Caller caller) {
    return String.valueOf(resource.streams(request(caller)).getEntity());
  }

  private static Caller caller(String role) {
    return new Caller("maria", Set.of(role), null, Credential.NONE);
  }

  private static HttpServletRequest request(Caller caller) {
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            HttpServletRequest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, method, arguments) -> method.getName().equals("getAttribute") ? caller : null);
  }
}
