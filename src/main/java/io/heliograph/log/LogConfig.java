package io.heliograph.log;

import io.heliograph.settings.Settings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * What the operator set about the log.
 *
 * @param data the directory of everything that the hub keeps on disk
 * @param trimEvery from one look at what may be forgotten to the next
 * @param queueEvents how many events may wait to be appended
 * @param queueBytes how many bytes of data, keys and labels may wait
 */
public record LogConfig(Path data, Duration trimEvery, int queueEvents, long queueBytes) {
  /**
   * Below the home of the user that the server runs as: the one place that outlives a redeployment
   * and an upgrade on every server. The servers' own data directories do not; Payara Embedded and
   * Micro delete theirs when they stop.
   */
  private static final String DATA = "~/heliograph-data";

  private enum Store {
    SQLITE,
    POSTGRES,
    REDIS
  }

  public static LogConfig from(Settings settings) {
    Store store = settings.choice("log", Store.SQLITE, Store.class);
    if (store != Store.SQLITE) {
      settings.problem(
          Settings.PREFIX
              + "log: '"
              + store.name().toLowerCase(Locale.ROOT)
              + "' is not available yet; this version takes sqlite");
    }
    Duration trimEvery = settings.duration("trim.every", "10s");
    if (trimEvery.isZero()) {
      settings.problem(Settings.PREFIX + "trim.every: 0 was given, it takes 1ms or longer");
    }
    long queueBytes = settings.bytes("append.queue.bytes", "64MiB");
    if (queueBytes < Appender.BATCH_BYTES) {
      settings.problem(
          Settings.PREFIX
              + "append.queue.bytes: "
              + queueBytes
              + " bytes were given, it takes at least the 8MiB of one request");
    }
    return new LogConfig(
        directory(settings),
        trimEvery,
        settings.number("append.queue.events", 50_000, Appender.BATCH_EVENTS, 10_000_000),
        queueBytes);
  }

  /** The event log's own file. */
  public Path database() {
    return data.resolve("log.db");
  }

  /** The file of all other tables: keys, tickets, sessions, tenants. */
  public Path tables() {
    return data.resolve("hub.db");
  }

  /** A path, where {@code ~/} stands for the home of the server's user. */
  private static Path directory(Settings settings) {
    String text = settings.text("data", DATA);
    try {
      return resolve(text);
    } catch (InvalidPathException e) {
      settings.problem(
          Settings.PREFIX + "data: '" + text + "' was given, which is no path: " + e.getReason());
      return resolve(DATA);
    }
  }

  private static Path resolve(String text) {
    Path path =
        text.startsWith("~/")
            ? Path.of(System.getProperty("user.home"), text.substring(2))
            : Path.of(text);
    return path.toAbsolutePath().normalize();
  }
}
