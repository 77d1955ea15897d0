package io.heliograph;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Map;

/**
 * Everything under {@code /api}; resources and providers are found by their annotations.
 *
 * <p>CDI gives them their parts through fields: RESTEasy takes no constructor for this.
 */
@ApplicationPath("/api")
public class HeliographApplication extends Application {
  /**
   * Jersey's own description of itself, in answer to OPTIONS, is not part of the contract. Of what
   * it can write by itself it would warn where a library for that is missing, as on Tomcat.
   */
  @Override
  public Map<String, Object> getProperties() {
    return Map.of(
        "jersey.config.server.wadl.disableWadl",
        true,
        "jersey.config.disableDefaultProvider",
        "DATASOURCE");
  }
}
