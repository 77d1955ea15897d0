package io.heliograph.stream;

import io.heliograph.settings.Settings;
import io.heliograph.stream.RefusedConnectionException.Limit;
import java.time.Duration;
import java.util.Map;

/** Refusals for those who only pass them on. */
public final class Refusals {
  private Refusals() {}

  /** One too many from an address to the stream of {@code system}. */
  public static RefusedConnectionException ofAddress(String system, String message) {
    StreamPolicy policy =
        StreamPolicies.read(Settings.of(Map.of("heliograph.systems", system))).require(system);
    return new RefusedConnectionException(Limit.ADDRESS, policy, Duration.ofSeconds(5), message);
  }
}
