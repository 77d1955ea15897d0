package io.heliograph.bench;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.Map;

/**
 * {@code mvn -Pbench}: runs the scenarios and prints a table.
 *
 * <p>Fails if the hub lost, doubled or reordered anything. No time fails it: times are the
 * machine's, too.
 */
public final class Bench {
  private static final Map<String, Scenario> SCENARIOS =
      Map.of(
          "saturation", new Saturation(),
          "steady", new Steady(),
          "idle", new Idle(),
          "publishes", new Publishes(),
          "channels", new Channels(),
          "storm", new Storm(),
          "slow", new SlowReader(),
          "overrun", new Overrun(),
          "soak", new Soak());

  private Bench() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    BenchOptions options = BenchOptions.of(System.getProperties());
    for (String name : options.scenarios()) {
      if (!SCENARIOS.containsKey(name)) {
        throw new IllegalArgumentException(
            "-Dbench.scenarios names '" + name + "'; there are " + SCENARIOS.keySet());
      }
    }
    boolean failed;
    try (Stage stage = new Stage(options, line -> System.out.println(line))) {
      new WarmUp().run(stage);
      for (String name : options.scenarios()) {
        try {
          requireNonNull(SCENARIOS.get(name)).run(stage);
        } catch (IllegalStateException e) {
          // The others' results are worth having.
          stage.progress(e.toString());
          stage.report().violation(name + ": " + e.getMessage());
        }
      }
      System.out.println();
      System.out.println(stage.report());
      failed = stage.report().hasFailed();
      if (!failed && stage.has(Target.HUB)) {
        System.out.println("The hub lost, doubled and reordered nothing.");
      }
    }
    if (failed) {
      throw new IllegalStateException("the hub broke a promise; see above");
    }
  }
}
