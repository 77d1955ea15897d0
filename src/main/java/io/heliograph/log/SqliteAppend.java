package io.heliograph.log;

import io.heliograph.database.SqliteFaults;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import io.heliograph.log.Publication.IdempotencyKey;
import io.heliograph.log.Publication.Part;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The inside of one appending transaction: numbers the events of its publications and stores them.
 * A new one for each attempt, so that nothing is left of one that was rolled back.
 */
final class SqliteAppend {
  /** How long a publisher may repeat itself with the same idempotency key. */
  static final Duration IDEMPOTENCY = Duration.ofHours(24);

  static final String FIND_KEY =
      "SELECT fingerprint, first, count FROM idempotency"
          + " WHERE caller = ? AND key = ? AND time > ?";

  private final SqliteConnection database;
  private final long timeMillis;
  private final Map<String, Long> streamIds = new HashMap<>();
  private final Map<Long, Integer> storedByStream = new HashMap<>();
  private long last;

  /**
   * @param last the number after which it goes on
   * @param timeMillis when all of it happens
   */
  SqliteAppend(SqliteConnection database, long last, long timeMillis) {
    this.database = database;
    this.last = last;
    this.timeMillis = timeMillis;
  }

  /** The last number given so far. */
  long last() {
    return last;
  }

  long timeMillis() {
    return timeMillis;
  }

  /** How many events each stream id got. */
  Map<Long, Integer> storedByStream() {
    return storedByStream;
  }

  /** Stores all of {@code publications}, or throws and leaves the transaction to be rolled back. */
  List<Receipt> store(List<Publication> publications) throws SQLException {
    List<Receipt> receipts = new ArrayList<>(publications.size());
    for (Publication publication : publications) {
      receipts.add(store(publication));
    }
    return receipts;
  }

  /** The same, but what the database refuses as data is undone by itself and gets its receipt. */
  List<Receipt> storeOneByOne(List<Publication> publications) throws SQLException {
    List<Receipt> receipts = new ArrayList<>(publications.size());
    for (Publication publication : publications) {
      long lastBefore = last;
      Map<Long, Integer> storedBefore = Map.copyOf(storedByStream);
      database.execute("SAVEPOINT publication");
      try {
        receipts.add(store(publication));
      } catch (SQLException e) {
        if (!SqliteFaults.isAboutData(e)) {
          throw e;
        }
        database.execute("ROLLBACK TO publication");
        last = lastBefore;
        storedByStream.clear();
        storedByStream.putAll(storedBefore);
        streamIds.clear();
        receipts.add(new Receipt.Refused("the database refuses it: " + e.getMessage()));
      }
      database.execute("RELEASE publication");
    }
    return receipts;
  }

  private Receipt store(Publication publication) throws SQLException {
    Map<IdempotencyKey, List<EventId>> known = new HashMap<>();
    IdempotencyKey conflict = findKnown(publication, known);
    if (conflict != null) {
      return new Receipt.Conflict(conflict.key());
    }
    List<EventId> ids = new ArrayList<>(publication.size());
    boolean isRepeat = !publication.parts().isEmpty();
    for (Part part : publication.parts()) {
      IdempotencyKey key = part.key();
      List<EventId> partIds = key == null ? null : known.get(key);
      if (partIds == null) {
        isRepeat = false;
        partIds = number(part.drafts());
        if (key != null) {
          known.put(key, partIds);
          remember(key, partIds);
        }
      }
      ids.addAll(partIds);
    }
    return new Receipt.Stored(ids, isRepeat);
  }

  /**
   * Puts the ids of each key that was used before into {@code known}, before anything is stored.
   *
   * @return a key that was used for other content, in the log or twice in this publication, or null
   */
  private @Nullable IdempotencyKey findKnown(
      Publication publication, Map<IdempotencyKey, List<EventId>> known) throws SQLException {
    Map<IdempotencyKey, String> fingerprints = new HashMap<>();
    for (Part part : publication.parts()) {
      IdempotencyKey key = part.key();
      if (key == null) {
        continue;
      }
      String earlier = fingerprints.put(named(key), key.fingerprint());
      if (earlier != null && !earlier.equals(key.fingerprint())) {
        return key;
      }
      if (earlier == null && !findKnown(key, known)) {
        return key;
      }
    }
    return null;
  }

  /** Whether {@code key} is new or was used for the same content, whose ids then are in known. */
  private boolean findKnown(IdempotencyKey key, Map<IdempotencyKey, List<EventId>> known)
      throws SQLException {
    PreparedStatement select = database.statement(FIND_KEY);
    select.setString(1, key.caller());
    select.setString(2, key.key());
    select.setLong(3, timeMillis - IDEMPOTENCY.toMillis());
    try (ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        return true;
      }
      if (!key.fingerprint().equals(row.getString(1))) {
        return false;
      }
      known.put(key, contiguous(row.getLong(2), row.getInt(3)));
      return true;
    }
  }

  /** The key without its content's digest: what makes two the same key. */
  private static IdempotencyKey named(IdempotencyKey key) {
    return new IdempotencyKey(key.caller(), key.key(), "");
  }

  private void remember(IdempotencyKey key, List<EventId> ids) throws SQLException {
    PreparedStatement insert =
        database.statement(
            "INSERT OR REPLACE INTO idempotency (caller, key, fingerprint, first, count, time)"
                + " VALUES (?, ?, ?, ?, ?, ?)");
    insert.setString(1, key.caller());
    insert.setString(2, key.key());
    insert.setString(3, key.fingerprint());
    insert.setLong(4, ids.isEmpty() ? 0 : ids.get(0).value());
    insert.setInt(5, ids.size());
    insert.setLong(6, timeMillis);
    insert.executeUpdate();
  }

  /** Stores the node's newest batch over the one before, and with it the log's head. */
  void remember(Batch batch, List<Receipt> receipts) throws SQLException {
    PreparedStatement insert =
        database.statement(
            "INSERT OR REPLACE INTO batch (node, number, last, time, receipts)"
                + " VALUES (?, ?, ?, ?, ?)");
    insert.setString(1, batch.node());
    insert.setLong(2, batch.number());
    insert.setLong(3, last);
    insert.setLong(4, timeMillis);
    insert.setString(5, StoredJson.receipts(receipts));
    insert.executeUpdate();
  }

  private static List<EventId> contiguous(long first, int count) {
    List<EventId> ids = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ids.add(new EventId(first + i));
    }
    return ids;
  }

  private List<EventId> number(List<EventDraft> drafts) throws SQLException {
    long first = last + 1;
    PreparedStatement insert = database.statement(EventRow.insertInto("event"));
    for (EventDraft draft : drafts) {
      long streamId = streamId(draft.stream());
      EventRow.bind(insert, last + 1, timeMillis, streamId, draft);
      insert.executeUpdate();
      last++;
      storedByStream.merge(streamId, 1, Integer::sum);
      storeKeys(draft, streamId);
      if (draft.isRetained()) {
        retain(draft, streamId);
      }
    }
    return contiguous(first, drafts.size());
  }

  private long streamId(String name) throws SQLException {
    Long known = streamIds.get(name);
    if (known != null) {
      return known;
    }
    PreparedStatement insert =
        database.statement("INSERT INTO stream (name) VALUES (?) ON CONFLICT DO NOTHING");
    insert.setString(1, name);
    insert.executeUpdate();
    long id = database.number("SELECT id FROM stream WHERE name = ?", name);
    streamIds.put(name, id);
    return id;
  }

  private void storeKeys(EventDraft draft, long streamId) throws SQLException {
    if (draft.keys().isEmpty()) {
      return;
    }
    PreparedStatement insert =
        database.statement("INSERT INTO event_key (stream_id, key, seq) VALUES (?, ?, ?)");
    for (String key : draft.keys()) {
      insert.setLong(1, streamId);
      insert.setString(2, key);
      insert.setLong(3, last);
      insert.executeUpdate();
    }
  }

  /**
   * Makes the event just stored the newest of its slots; who holds no slot any more is forgotten.
   */
  private void retain(EventDraft draft, long streamId) throws SQLException {
    PreparedStatement insert = database.statement(EventRow.insertInto("retained_event"));
    EventRow.bind(insert, last, timeMillis, streamId, draft);
    insert.executeUpdate();
    for (String key : draft.keys().isEmpty() ? List.of("") : draft.keys()) {
      Object[] slot = {
        streamId, key, orEmpty(draft.tenant()), orEmpty(draft.owner()), draft.type()
      };
      long replaced =
          database.number(
              "SELECT seq FROM retained_event_key WHERE stream_id = ? AND key = ? AND tenant = ?"
                  + " AND owner = ? AND type = ?",
              slot);
      PreparedStatement take =
          database.statement(
              "INSERT OR REPLACE INTO retained_event_key"
                  + " (stream_id, key, tenant, owner, type, seq) VALUES (?, ?, ?, ?, ?, ?)");
      for (int i = 0; i < slot.length; i++) {
        take.setObject(i + 1, slot[i]);
      }
      take.setLong(slot.length + 1, last);
      take.executeUpdate();
      if (replaced != 0) {
        PreparedStatement forget =
            database.statement(
                "DELETE FROM retained_event WHERE seq = ?1"
                    + " AND NOT EXISTS (SELECT 1 FROM retained_event_key WHERE seq = ?1)");
        forget.setLong(1, replaced);
        forget.executeUpdate();
      }
    }
  }

  private static String orEmpty(@Nullable String label) {
    return label == null ? "" : label;
  }
}
