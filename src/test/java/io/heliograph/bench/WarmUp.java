package io.heliograph.bench;

import java.io.IOException;

/**
 * Lets the JVM compile what is measured afterwards, for both targets alike. Always the first.
 *
 * <p>Delivering is warm after a second of it. Publishing is not: at a hundred requests a second the
 * way through the container would stay interpreted for minutes, at milliseconds each.
 */
final class WarmUp implements Scenario {
  private static final int PUBLISHERS = 16;
  private static final int SUBSCRIBERS = 100;
  private static final String GROUP = "readers";

  @Override
  public void run(Stage stage) throws IOException {
    long millis = stage.options().warmupSeconds() * 1000L;
    for (Target target : Target.values()) {
      if (stage.has(target)) {
        stage.progress("warming up, " + target);
        try (Client client = stage.client(0)) {
          client.publish(
              new Fields("publish")
                  .with("path", target.publishPath())
                  .with("connections", PUBLISHERS)
                  .with("millis", millis));
          client.awaitPublished();
        }
        // A client of its own: its numbers start with its readers.
        try (Client client = stage.client(0)) {
          client.subscribe(GROUP, target.readPath(), SUBSCRIBERS, 0);
          client.publish(stage.saturating(target).with("group", GROUP).with("millis", millis));
          client.awaitPublished();
          stage.check(target, "warming up, " + target, client.settle(GROUP));
        }
      }
    }
  }
}
