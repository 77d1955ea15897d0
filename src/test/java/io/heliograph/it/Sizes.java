package io.heliograph.it;

/**
 * How long the long tests are. The defaults let {@code mvn verify} end in minutes; the numbers that
 * the hub has to stand are in each comment, and set with {@code -D}.
 */
final class Sizes {
  /** Events that pass while a subscriber does not read; to stand: 200,000. */
  static final int SLOW_EVENTS = size("it.slow.events", 40_000);

  /** Clients that come back at once; to stand: 1,000. */
  static final int STORM_CLIENTS = size("it.storm.clients", 200);

  /** Events that lie between their position and now. */
  static final int STORM_BACK = size("it.storm.back", 5_000);

  /** Idle connections; to stand: 10,000. */
  static final int IDLE_CLIENTS = size("it.idle.clients", 2_000);

  /** Batches for the readers of two keys. */
  static final int TWO_KEYS_BATCHES = size("it.keys.batches", 1_500);

  /** How often the hub is killed; to stand: 20. */
  static final int KILLS = size("it.kills", 4);

  /** How long parties that share a stream publish and read. */
  static final int ISOLATION_SECONDS = size("it.isolation.seconds", 60);

  /** How often the hub is redeployed on a full server; to stand: 20. */
  static final int REDEPLOYMENTS = size("it.redeployments", 20);

  /** Likewise where each takes a minute on a busy machine; to stand: 20. */
  static final int SERVER_REDEPLOYMENTS = size("it.redeployments", 3);

  /** Clients that come and go at random; to stand: 2,000. */
  static final int LATE_CLIENTS = size("it.late.clients", 200);

  /** Events a second for them; to stand: 500. */
  static final int LATE_EVENTS = size("it.late.events", 100);

  /** How long they come and go; to stand: 60. */
  static final int LATE_SECONDS = size("it.late.seconds", 10);

  private Sizes() {}

  private static int size(String property, int modest) {
    return Integer.getInteger(property, modest);
  }
}
