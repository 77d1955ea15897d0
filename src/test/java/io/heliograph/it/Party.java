package io.heliograph.it;

import io.heliograph.embedded.TestCaller;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import org.jspecify.annotations.Nullable;

/**
 * One of those who share a stream and must not see each other's events: reads and publishes its
 * own.
 *
 * @param tenant null for a caller without one
 */
record Party(String name, @Nullable String tenant) {
  /** Of {@code name} or {@code name@tenant}. */
  static Party of(String text) {
    String[] parts = text.split("@", -1);
    return new Party(parts[0], parts.length > 1 ? parts[1] : null);
  }

  /** Another that is to others as this one, and that no earlier test knows. */
  Party again(String suffix) {
    return new Party(name + suffix, tenant == null ? null : tenant + suffix);
  }

  String token() {
    return TestCaller.token(name, tenant, "events-read-own", "events-publish");
  }

  /** An event of its own; the tenant is not said, the hub knows it by the credential. */
  JsonObjectBuilder event(String type, String data) {
    return Json.createObjectBuilder()
        .add("type", type)
        .add("data", data)
        .add("owner", name)
        .add("correlation_id", "of " + name + " " + tenant);
  }
}
