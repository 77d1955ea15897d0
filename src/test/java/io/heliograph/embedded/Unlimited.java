package io.heliograph.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Settings that lift every limit on connections, because tests and benchmarks are many clients at
 * once, and let {@link TestCaller} in.
 */
public final class Unlimited {
  private static final List<String> LIMITS =
      List.of("limit.connections", "limit.per-address", "limit.per-user");

  private Unlimited() {}

  /**
   * What to set, where nobody sets it otherwise.
   *
   * @param settings what is set, each with its {@code heliograph.}
   */
  public static Map<String, String> besides(Map<String, String> settings) {
    List<String> streams = new ArrayList<>(List.of("events"));
    for (String name : settings.getOrDefault("heliograph.streams", "").split(",", -1)) {
      // Tests of the configuration have names that are none.
      if (name.strip().matches("[a-z0-9_-]+")) {
        streams.add(name.strip());
      }
    }
    Map<String, String> lifted = new TreeMap<>();
    lifted.put("heliograph.limit.connections", "0");
    lifted.put("heliograph.jwt.secrets", TestCaller.SECRET);
    for (String stream : streams) {
      for (String limit : LIMITS) {
        lifted.put("heliograph.stream." + stream + "." + limit, "0");
      }
    }
    lifted.putAll(settings);
    return lifted;
  }
}
