package io.heliograph.bench;

import java.io.IOException;

/**
 * Lets the JVM compile what is measured afterwards, for both targets alike. Always the first.
 *
 * <p>Rounds of everything, until the compilers have little left to do: on a busy machine the same
 * warm-up takes several times as long, and whatever is measured meanwhile is the interpreter. What
 * came first would look worse for that alone.
 */
final class WarmUp implements Scenario {
  private static final int MOST_ROUNDS = 5;

  /** Less than it is the odd method that was compiled again. */
  private static final double WARM_COMPILING_SHARE = 0.15;

  private static final int PUBLISHERS = 16;
  private static final int SUBSCRIBERS = 200;
  private static final int LONE_PER_SECOND = 50;
  private static final String GROUP = "readers";

  @Override
  public void run(Stage stage) throws IOException {
    double compilingShare = 1;
    for (int round = 1; round <= MOST_ROUNDS && compilingShare > WARM_COMPILING_SHARE; round++) {
      long compilingBefore = stage.figures().overhead().compilingMillis();
      long beginNanos = System.nanoTime();
      for (Target target : Target.values()) {
        if (stage.has(target)) {
          warm(stage, target);
        }
      }
      long compilingMillis = stage.figures().overhead().compilingMillis() - compilingBefore;
      compilingShare = compilingMillis * 1e6 / (System.nanoTime() - beginNanos);
      stage.progress(
          "warming up, round "
              + (round + ": compiling " + Report.number(100 * compilingShare) + " % of the time"));
    }
  }

  private static void warm(Stage stage, Target target) throws IOException {
    long millis = stage.options().warmupSeconds() * 1000L / 3;
    Fields publish =
        new Fields("publish")
            .with("path", target.publishPath())
            .with("connections", PUBLISHERS)
            .with("millis", millis);
    try (Client client = stage.client(0)) {
      client.publish(publish);
      client.awaitPublished();
    }
    // A client of its own: its numbers start with its readers.
    try (Client client = stage.client(0)) {
      client.subscribe(GROUP, target.readPath(), SUBSCRIBERS, 0);
      client.publish(stage.saturating(target).with("group", GROUP).with("millis", millis));
      client.awaitPublished();
      client.publish(
          new Fields("publish")
              .with("path", target.publishPath())
              .with("rate", LONE_PER_SECOND)
              .with("millis", millis));
      client.awaitPublished();
      stage.check(target, "warming up, " + target, client.settle(GROUP));
    }
  }
}
