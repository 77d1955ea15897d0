package io.heliograph.admin;

import io.heliograph.body.JsonText;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;

/**
 * How a node is: well if all that was looked at is.
 *
 * @see <a href="https://download.eclipse.org/microprofile/microprofile-health-4.0/">MicroProfile
 *     Health 4.0, "Protocol and Wireformat"</a>
 */
record Health(List<Check> checks) {
  boolean isUp() {
    return checks.stream().allMatch(Check::isUp);
  }

  /** 200 or 503, with the reasons. */
  Response response() {
    return Response.status(isUp() ? 200 : 503)
        .type(MediaType.APPLICATION_JSON_TYPE)
        .entity(json())
        .build();
  }

  String json() {
    JsonText json = new JsonText().begin();
    json.put("status", isUp() ? "UP" : "DOWN").beginArray("checks");
    for (Check check : checks) {
      json.begin().put("name", check.name()).put("status", check.word()).begin("data");
      check.data().forEach(json::put);
      json.end().end();
    }
    return json.endArray().end().toString();
  }
}
