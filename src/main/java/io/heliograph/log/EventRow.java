package io.heliograph.log;

import io.heliograph.event.Event;
import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An event as a row of the event table or of the retained ones, in both directions. */
final class EventRow {
  private EventRow() {}

  /** The statement that {@link #bind} fills in. */
  static String insertInto(String table) {
    return "INSERT INTO "
        + table
        + " (seq, time, stream_id, tenant, owner, type, correlation_id, keys, data, retained)"
        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  }

  static void bind(
      PreparedStatement insert, long number, long timeMillis, long streamId, EventDraft draft)
      throws SQLException {
    insert.setLong(1, number);
    insert.setLong(2, timeMillis);
    insert.setLong(3, streamId);
    insert.setString(4, draft.tenant());
    insert.setString(5, draft.owner());
    insert.setString(6, draft.type());
    insert.setString(7, draft.correlationId());
    insert.setString(8, StoredJson.keys(draft.keys()));
    insert.setBytes(9, draft.data().utf8());
    insert.setInt(10, draft.isRetained() ? 1 : 0);
  }

  /**
   * What {@code draft} weighs in a queue, a batch or a page: its data, and the characters of its
   * keys and labels. An event with little data may have many long keys.
   */
  static long bytes(EventDraft draft) {
    long bytes = (long) draft.data().length() + draft.type().length();
    bytes += (long) length(draft.tenant()) + length(draft.owner()) + length(draft.correlationId());
    for (String key : draft.keys()) {
      bytes += key.length();
    }
    return bytes;
  }

  private static int length(@Nullable String label) {
    return label == null ? 0 : label.length();
  }

  /** The event in the current row of a query for {@link EventTable#COLUMNS}. */
  static Event read(ResultSet row, String stream) throws SQLException {
    return new Event(
        new EventId(row.getLong(1)),
        Instant.ofEpochMilli(row.getLong(2)),
        new EventDraft(
            stream,
            StoredJson.keys(row.getString(8)),
            row.getString(4),
            row.getString(5),
            row.getString(6),
            EventData.of(row.getBytes(10)),
            row.getString(7),
            row.getInt(9) != 0));
  }
}
