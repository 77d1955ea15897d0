package io.heliograph.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;

/**
 * What the command line says, as {@code -Dbench.<name>=<value>}.
 *
 * @param server which one this build has started for
 * @param scenarios which to run, in their order
 * @param targets {@code hub}, {@code textbook} or both; the hub is there in any case
 * @param directory where logs and the hub's database go; emptied before
 * @param serverOptions options of the server's JVM, the same on each server
 * @param subscribers in saturation and steady
 * @param warmupSeconds of each measurement, not counted
 * @param seconds that saturation and publishes are measured
 * @param batch events in a request at saturation
 * @param window events that the publisher is ahead of the average reader at saturation
 * @param rate events per second for the hub in steady
 * @param steadySeconds how long
 * @param soakSeconds how long soak lasts after everything has filled
 * @param sharedRate events per second for hub and textbook alike; the textbook bears no more
 * @param sharedSeconds how long
 * @param idle connections in idle
 * @param publishers in publishes, one measurement each
 * @param channels keys in channels, if the file limit permits
 * @param channelRate events per second over all of them
 */
record BenchOptions(
    String server,
    List<String> scenarios,
    List<String> targets,
    Path directory,
    List<String> serverOptions,
    int subscribers,
    int warmupSeconds,
    int seconds,
    int batch,
    int window,
    int rate,
    int steadySeconds,
    int soakSeconds,
    int sharedRate,
    int sharedSeconds,
    int idle,
    List<String> publishers,
    int channels,
    int channelRate) {
  private static final String PREFIX = "bench.";

  private static final Set<String> NAMES =
      Set.of(
          "scenarios",
          "targets",
          "directory",
          "server.options",
          "subscribers",
          "warmup",
          "seconds",
          "batch",
          "window",
          "rate",
          "steady.seconds",
          "soak.seconds",
          "shared.rate",
          "shared.seconds",
          "idle",
          "publishers",
          "channels",
          "channel.rate");

  /**
   * @throws IllegalArgumentException if one is not known or no number, or the build knows no such
   *     server
   */
  static BenchOptions of(Properties properties) {
    for (String name : properties.stringPropertyNames()) {
      if (name.startsWith(PREFIX) && !NAMES.contains(name.substring(PREFIX.length()))) {
        throw new IllegalArgumentException(
            "-D" + name + " is unknown; there are " + NAMES.stream().sorted().toList());
      }
    }
    return new BenchOptions(
        server(properties),
        list(properties, "scenarios", "saturation,steady,idle,publishes,channels"),
        list(properties, "targets", "hub,textbook"),
        Path.of(text(properties, "directory", "target/bench")),
        List.of(text(properties, "server.options", "-Xmx3g -XX:+UseG1GC").split(" +", -1)),
        number(properties, "subscribers", 1000),
        number(properties, "warmup", 5),
        number(properties, "seconds", 10),
        number(properties, "batch", 32),
        number(properties, "window", 224),
        number(properties, "rate", 100),
        number(properties, "steady.seconds", 30),
        number(properties, "soak.seconds", 600),
        number(properties, "shared.rate", 20),
        number(properties, "shared.seconds", 10),
        number(properties, "idle", 10_000),
        list(properties, "publishers", "1,16,256"),
        number(properties, "channels", 20_000),
        number(properties, "channel.rate", 500));
  }

  /** A server without a profile in the POM would else be the default, and nobody told. */
  private static String server(Properties properties) {
    String built = properties.getProperty("arquillian.launch", "payara");
    String asked = properties.getProperty("server", built);
    if (!asked.equals(built)) {
      throw new IllegalArgumentException(
          "-Dserver is '"
              + asked
              + "', this build is for "
              + built
              + "; there are payara, wildfly"
              + " and tomcat");
    }
    return built;
  }

  private static String text(Properties properties, String name, String absent) {
    return properties.getProperty(PREFIX + name, absent).strip();
  }

  private static List<String> list(Properties properties, String name, String absent) {
    return Arrays.stream(text(properties, name, absent).split("[, ]+", -1))
        .filter(item -> !item.isEmpty())
        .toList();
  }

  private static int number(Properties properties, String name, int absent) {
    String text = text(properties, name, Integer.toString(absent));
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "-D" + PREFIX + name + " is '" + text + "'; a whole number is needed", e);
    }
  }
}
