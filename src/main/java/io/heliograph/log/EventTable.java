package io.heliograph.log;

import io.heliograph.event.View;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The SQL that finds a view's events, in the log itself or among the retained ones, which have the
 * same shape.
 *
 * <p>It only narrows: which rows a view may see is decided by {@link View#accepts}, on every row
 * that comes back. So each query follows one index in log order and stops at a limit, and none
 * sorts. {@code INDEXED BY} makes SQLite refuse a query rather than answer it by a scan: without
 * statistics its planner takes the stream's index for a tenant's rows.
 */
enum EventTable {
  EVENT("event", ""),
  RETAINED("retained_event", "INDEXED BY retained_event_key_by_key");

  static final String COLUMNS =
      "e.seq, e.time, e.stream_id, e.tenant, e.owner, e.type, e.correlation_id, e.keys,"
          + " e.retained, e.data";

  /** The same without the data, for who only counts. */
  private static final String COLUMNS_WITHOUT_DATA = COLUMNS.replace("e.data", "x''");

  private static final String NEWEST_FIRST = " DESC";

  private final String table;
  private final String keyIndex;

  EventTable(String table, String keyIndex) {
    this.table = table;
    this.keyIndex = keyIndex;
  }

  /** The narrowest index there is for a view: an event has few keys, an owner fewer than all. */
  enum Narrowing {
    KEY,
    OWNER,
    TENANT,
    STREAM;

    static Narrowing of(View view) {
      if (view.key() != null) {
        return KEY;
      }
      if (view.owner() != null) {
        return OWNER;
      }
      return view.tenant() != null ? TENANT : STREAM;
    }

    /** What is looked up in the index beside the stream, or null for the stream's own. */
    @Nullable String label(View view) {
      return switch (this) {
        case KEY -> view.key();
        case OWNER -> view.owner();
        case TENANT -> view.tenant();
        case STREAM -> null;
      };
    }

    /** Whether the index alone answers: every row it gives is one that {@code view} accepts. */
    boolean isAll(View view) {
      int labels = view.key() == null ? 0 : 1;
      labels += view.tenant() == null ? 0 : 1;
      labels += view.owner() == null ? 0 : 1;
      return view.types().isEmpty() && labels == (this == STREAM ? 0 : 1);
    }
  }

  /** Takes stream id, label (but for {@code STREAM}), after, up to, limit. */
  String candidates(Narrowing by) {
    return select(COLUMNS, by, "", " LIMIT ?");
  }

  /** The same, newest first and without data. */
  String candidatesBackwards(Narrowing by) {
    return select(COLUMNS_WITHOUT_DATA, by, NEWEST_FIRST, " LIMIT ?");
  }

  /** The number of the row that is {@code OFFSET} rows before the newest, from the index alone. */
  String numberBackwards(Narrowing by) {
    return select(by == Narrowing.KEY ? "k.seq" : "e.seq", by, NEWEST_FIRST, " LIMIT 1 OFFSET ?");
  }

  private String select(String columns, Narrowing by, String order, String limit) {
    boolean needsRow = !columns.equals("k.seq");
    String select =
        switch (by) {
          case KEY ->
              "SELECT %1$s FROM %2$s_key k %4$s"
                  + (needsRow ? " CROSS JOIN %2$s e ON e.seq = k.seq" : "")
                  + " WHERE k.stream_id = ? AND k.key = ? AND k.seq > ? AND k.seq <= ?"
                  + " ORDER BY k.seq%3$s";
          case OWNER ->
              "SELECT %1$s FROM %2$s e INDEXED BY %2$s_by_owner"
                  + " WHERE e.stream_id = ? AND e.owner = ? AND e.seq > ? AND e.seq <= ?"
                  + " ORDER BY e.seq%3$s";
          case TENANT ->
              "SELECT %1$s FROM %2$s e INDEXED BY %2$s_by_tenant"
                  + " WHERE e.stream_id = ? AND e.tenant = ? AND e.seq > ? AND e.seq <= ?"
                  + " ORDER BY e.seq%3$s";
          case STREAM ->
              "SELECT %1$s FROM %2$s e INDEXED BY %2$s_by_stream"
                  + " WHERE e.stream_id = ? AND e.seq > ? AND e.seq <= ?"
                  + " ORDER BY e.seq%3$s";
        };
    return String.format(select, columns, table, order, keyIndex) + limit;
  }

  /** Every query there is, for the test that asks SQLite how it would run them. */
  static List<String> all() {
    List<String> all = new ArrayList<>();
    for (EventTable table : values()) {
      for (Narrowing by : Narrowing.values()) {
        all.add(table.candidates(by));
      }
    }
    for (Narrowing by : Narrowing.values()) {
      all.add(EVENT.candidatesBackwards(by));
      all.add(EVENT.numberBackwards(by));
    }
    return all;
  }
}
