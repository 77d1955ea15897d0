package io.heliograph.bench;

import java.io.IOException;

/**
 * How many deliveries a second there can be.
 *
 * <p>One publisher sends batches as fast as they are acknowledged, but is never more than a window
 * ahead of its average reader: the textbook closes a reader that is 256 events behind.
 */
final class Saturation implements Scenario {
  /** What the hub has to be worth. */
  private static final double TIMES_THE_TEXTBOOK = 8;

  @Override
  public void run(Stage stage) throws IOException, InterruptedException {
    BenchOptions options = stage.options();
    Comparison comparison = new Comparison();
    for (Target target : Target.values()) {
      if (stage.has(target)) {
        Load load =
            new Load(
                "saturation",
                target.readPath(),
                options.subscribers(),
                0,
                options.warmupSeconds(),
                options.seconds(),
                stage.saturating(target));
        comparison.add(target, new Measurement(stage).of(load, target));
      }
    }
    stage
        .report()
        .section(
            ("Saturation: " + options.subscribers() + " subscribers, batches of ")
                + (options.batch() + ", at most " + options.window() + " events ahead"));
    comparison.writeTo(stage.report());
    comparison.requireFaster(stage.report(), "saturation", TIMES_THE_TEXTBOOK);
  }
}
