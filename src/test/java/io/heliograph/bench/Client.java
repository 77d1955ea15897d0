package io.heliograph.bench;

import java.io.IOException;
import java.time.Duration;

/** A {@link LoadClient} in a JVM of its own, as the driver speaks to it. */
final class Client implements AutoCloseable {
  private static final long SETTLING_MILLIS = 60_000;

  private final JavaProcess process;

  Client(JavaProcess process) {
    this.process = process;
  }

  /**
   * Opens {@code count} connections as the group {@code group}, spread over {@code keys} keys.
   *
   * @return how long it took, in {@code micros}
   * @throws IllegalStateException if not all of them opened
   */
  Fields subscribe(String group, String path, int count, int keys) throws IOException {
    Fields subscribe =
        to("subscribe", group).with("path", path).with("count", count).with("keys", keys);
    return allOpen(process.ask(subscribe));
  }

  /** Reconnects the group, each from its position less {@code back} events. */
  Fields reopen(String group, long back) throws IOException {
    return allOpen(process.ask(to("reopen", group).with("back", back)));
  }

  void pause(String group) throws IOException {
    process.ask(to("pause", group));
  }

  void resume(String group) throws IOException {
    process.ask(to("resume", group));
  }

  void close(String group) throws IOException {
    process.ask(to("close", group));
  }

  /** Begins to publish as {@code order} says; {@link #awaitPublished} waits for its end. */
  void publish(Fields order) throws IOException {
    process.ask(order);
  }

  Fields awaitPublished() throws IOException {
    return process.ask(new Fields("await"));
  }

  /** What the group got so far, and its latencies since this was last asked. */
  Fields mark(String group) throws IOException {
    return process.ask(to("mark", group));
  }

  /** Waits until the group has everything, a minute at most, and says what it has not. */
  Fields settle(String group) throws IOException {
    return process.ask(to("settle", group).with("millis", SETTLING_MILLIS));
  }

  /** CPU time of the client itself: it shares the machine with what it measures. */
  Duration cpu() {
    return process.cpu();
  }

  @Override
  public void close() throws IOException {
    process.close();
  }

  private static Fields to(String word, String group) {
    return new Fields(word).with("group", group);
  }

  private static Fields allOpen(Fields opened) {
    if (opened.number("ready") < opened.number("count")) {
      throw new IllegalStateException("not all connections opened: " + opened);
    }
    return opened;
  }
}
