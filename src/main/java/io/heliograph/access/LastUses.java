package io.heliograph.access;

import io.heliograph.database.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * When API keys were last used on this node: in memory, and now and then in the database.
 *
 * <p>A key is here from its use until a minute after it was written, so there are never more than
 * the keys in use. What is not written yet is lost with the node, which nobody misses.
 */
final class LastUses {
  private static final long EVERY_MILLIS = Duration.ofMinutes(1).toMillis();

  /**
   * @param used the last time
   * @param written what of it the database knows, 0 for nothing
   * @param writtenAt when it was told, 0 for never
   */
  private record Use(long used, long written, long writtenAt) {
    Use at(long now) {
      return new Use(Math.max(used, now), written, writtenAt);
    }
  }

  private final Database database;
  private final InstantSource clock;
  private final ConcurrentMap<String, Use> uses = new ConcurrentHashMap<>();

  LastUses(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  void remember(String key, Instant now) {
    long millis = now.toEpochMilli();
    Use known = uses.get(key);
    if (known == null || known.used() < millis) {
      uses.merge(key, new Use(millis, 0, 0), (use, first) -> use.at(millis));
    }
  }

  /** Not under any lock: a slow database must not hold up whoever presents a key. */
  int flush() {
    long now = clock.millis();
    Map<String, Use> due = new HashMap<>();
    uses.forEach(
        (key, use) -> {
          if (now - use.writtenAt() < EVERY_MILLIS) {
            return;
          }
          if (use.used() == use.written()) {
            uses.remove(key, use);
          } else {
            due.put(key, use);
          }
        });
    if (!due.isEmpty()) {
      write(due);
      due.forEach(
          (key, written) ->
              uses.computeIfPresent(key, (id, use) -> new Use(use.used(), written.used(), now)));
    }
    return due.size();
  }

  private void write(Map<String, Use> due) {
    database.change(
        "writing down when API keys were used",
        handle -> {
          PreparedBatch batch =
              handle.prepareBatch(
                  "UPDATE api_key SET last_used = :used"
                      + " WHERE id = :id AND (last_used IS NULL OR last_used < :used)");
          due.forEach((key, use) -> batch.bind("id", key).bind("used", use.used()).add());
          return batch.execute().length;
        });
  }
}
