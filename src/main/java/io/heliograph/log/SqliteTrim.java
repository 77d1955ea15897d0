package io.heliograph.log;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * What the log forgets, and how many events each stream holds: counted once at an opening and kept
 * from then on, because counting a long stream on the appending thread every few seconds would make
 * its publishers wait.
 */
final class SqliteTrim {
  static final String OLDEST =
      "SELECT seq, time FROM event INDEXED BY event_by_stream WHERE stream_id = ?"
          + " ORDER BY seq LIMIT ?";
  static final String KEYED =
      "SELECT seq, keys FROM event INDEXED BY event_by_stream"
          + " WHERE stream_id = ? AND seq <= ? AND keys IS NOT NULL";
  static final String DELETE =
      "DELETE FROM event INDEXED BY event_by_stream WHERE stream_id = ? AND seq <= ?";
  static final String DELETE_STALE_KEYS =
      "DELETE FROM idempotency WHERE (caller, key) IN"
          + " (SELECT caller, key FROM idempotency WHERE time <= ? ORDER BY time LIMIT ?)";

  private final SqliteConnection database;
  private final Map<Long, Long> eventsByStream = new HashMap<>();

  SqliteTrim(SqliteConnection database) {
    this.database = database;
  }

  /** Takes notice of what was committed. */
  void stored(Map<Long, Integer> storedByStream) {
    storedByStream.forEach(
        (stream, count) -> eventsByStream.computeIfPresent(stream, (id, events) -> events + count));
  }

  /** What one slice would remove; nothing was done yet. */
  record Slice(long streamId, int events, long through) {
    boolean isEmpty() {
      return events == 0;
    }
  }

  /** The oldest events that {@code rule} no longer keeps, found without a transaction. */
  Slice find(TrimRule rule, int limit, long nowMillis) throws SQLException {
    long streamId = database.number("SELECT id FROM stream WHERE name = ?", rule.stream());
    if (streamId == 0) {
      return new Slice(0, 0, 0);
    }
    long excess = rule.events() == 0 ? 0 : Math.max(0, events(streamId) - rule.events());
    long keptFrom = rule.age().isZero() ? Long.MIN_VALUE : nowMillis - rule.age().toMillis();
    PreparedStatement oldest = database.statement(OLDEST);
    oldest.setLong(1, streamId);
    oldest.setInt(2, limit);
    int events = 0;
    long through = 0;
    try (ResultSet row = oldest.executeQuery()) {
      while (row.next() && (events < excess || row.getLong(2) < keptFrom)) {
        events++;
        through = row.getLong(1);
      }
    }
    return new Slice(streamId, events, through);
  }

  /** Removes {@code slice} and moves the stream's watermark, within the caller's transaction. */
  void remove(Slice slice) throws SQLException {
    removeKeys(slice);
    PreparedStatement delete = database.statement(DELETE);
    delete.setLong(1, slice.streamId());
    delete.setLong(2, slice.through());
    delete.executeUpdate();
    PreparedStatement move = database.statement("UPDATE stream SET watermark = ? WHERE id = ?");
    move.setLong(1, slice.through());
    move.setLong(2, slice.streamId());
    move.executeUpdate();
  }

  /** By the keys written in each event: an index by number would only ever serve this. */
  private void removeKeys(Slice slice) throws SQLException {
    PreparedStatement select = database.statement(KEYED);
    PreparedStatement delete =
        database.statement("DELETE FROM event_key WHERE stream_id = ? AND key = ? AND seq = ?");
    select.setLong(1, slice.streamId());
    select.setLong(2, slice.through());
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        for (String key : StoredJson.keys(row.getString(2))) {
          delete.setLong(1, slice.streamId());
          delete.setString(2, key);
          delete.setLong(3, row.getLong(1));
          delete.executeUpdate();
        }
      }
    }
  }

  /** Takes notice of a slice whose removal was committed. */
  void removed(Slice slice) {
    eventsByStream.computeIfPresent(slice.streamId(), (id, events) -> events - slice.events());
  }

  /**
   * Removes what no publisher can ask for any more: idempotency keys that ran out, at most {@code
   * limit}, and the last batches of nodes that are no more. The newest batch stays, for the head.
   *
   * @return how many rows
   */
  int removeStale(long nowMillis, int limit) throws SQLException {
    long staleBefore = nowMillis - SqliteAppend.IDEMPOTENCY.toMillis();
    PreparedStatement keys = database.statement(DELETE_STALE_KEYS);
    keys.setLong(1, staleBefore);
    keys.setInt(2, limit);
    PreparedStatement batches =
        database.statement(
            "DELETE FROM batch WHERE time <= ? AND last < (SELECT max(last) FROM batch)");
    batches.setLong(1, staleBefore);
    return keys.executeUpdate() + batches.executeUpdate();
  }

  private long events(long streamId) throws SQLException {
    Long known = eventsByStream.get(streamId);
    if (known == null) {
      known =
          database.number(
              "SELECT count(*) FROM event INDEXED BY event_by_stream WHERE stream_id = ?",
              streamId);
      eventsByStream.put(streamId, known);
    }
    return known;
  }
}
