package io.heliograph.log;

import io.heliograph.event.Event;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import io.heliograph.log.EventTable.Narrowing;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is read from one snapshot of the database.
 *
 * <p>{@code head} in here is the head that was known before the snapshot was taken, so the snapshot
 * holds everything up to it, and perhaps more.
 */
final class SqliteReads {
  /**
   * Rows looked at for each event asked for. A page of a view that few rows match ends early rather
   * than keep a reader busy; its reader goes on from where it ended.
   */
  static final int ROWS_PER_EVENT = 4;

  /** Bytes looked at for a page: a limit of rows alone would allow 256 KiB of data for each. */
  static final long PAGE_BYTES = 8L << 20;

  /** Rows looked at backwards in one snapshot: some ten milliseconds. */
  static final int ROWS_BACK = 4_096;

  static final String ALL =
      "SELECT "
          + EventTable.COLUMNS
          + " FROM event e WHERE e.seq > ? AND e.seq <= ?"
          + " ORDER BY e.seq LIMIT ?";
  static final String ONE = "SELECT " + EventTable.COLUMNS + " FROM event e WHERE e.seq = ?";
  static final String NEXT_TIME = "SELECT seq, time FROM event WHERE seq >= ? ORDER BY seq LIMIT 1";
  static final String TRIMMED = "SELECT max(watermark) FROM stream";
  static final String STREAM = "SELECT id, watermark FROM stream WHERE name = ?";

  private final SqliteFile file;
  private final SqliteConnection snapshot;

  SqliteReads(SqliteFile file, SqliteConnection snapshot) {
    this.file = file;
    this.snapshot = snapshot;
  }

  /** A stream's id, 0 if it has no events yet, and how far it was trimmed. */
  private record Stream(long id, long watermark) {}

  private Stream stream(String name) throws SQLException {
    PreparedStatement select = snapshot.statement(STREAM);
    select.setString(1, name);
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? new Stream(row.getLong(1), row.getLong(2)) : new Stream(0, 0);
    }
  }

  long watermark(String stream) throws SQLException {
    return stream(stream).watermark();
  }

  Page page(View view, long after, int limit, long head) throws SQLException {
    Stream stream = stream(view.stream());
    long from = Math.max(after, stream.watermark());
    return page(EventTable.EVENT, view, stream.id(), from, Long.MAX_VALUE, limit, head);
  }

  Page retained(View view, long after, long upTo, int limit) throws SQLException {
    long streamId = stream(view.stream()).id();
    return page(EventTable.RETAINED, view, streamId, after, upTo, limit, upTo);
  }

  /**
   * @param end how far the page reaches if nothing is left of the view in the snapshot
   */
  private Page page(
      EventTable table, View view, long streamId, long from, long upTo, int limit, long end)
      throws SQLException {
    Narrowing by = Narrowing.of(view);
    PreparedStatement select = snapshot.statement(table.candidates(by));
    int rowLimit = rowLimit(limit);
    int next = bindRange(select, view, streamId, from, upTo);
    select.setInt(next, rowLimit);
    List<Event> events = new ArrayList<>();
    int rows = 0;
    long bytes = 0;
    long through = from;
    try (ResultSet row = select.executeQuery()) {
      while (events.size() < limit && bytes < PAGE_BYTES && row.next()) {
        Event event = EventRow.read(row, view.stream());
        rows++;
        through = event.id().value();
        bytes += EventRow.bytes(event.draft());
        if (view.accepts(event)) {
          events.add(event);
        }
      }
    }
    boolean isCutShort = events.size() >= limit || bytes >= PAGE_BYTES || rows >= rowLimit;
    return new Page(
        events, new EventId(from), new EventId(isCutShort ? through : Math.max(through, end)));
  }

  private static int rowLimit(int limit) {
    return (int) Math.min(Integer.MAX_VALUE, (long) limit * ROWS_PER_EVENT);
  }

  private static int bindRange(
      PreparedStatement select, View view, long streamId, long from, long upTo)
      throws SQLException {
    int index = 1;
    select.setLong(index++, streamId);
    String label = Narrowing.of(view).label(view);
    if (label != null) {
      select.setString(index++, label);
    }
    select.setLong(index++, from);
    select.setLong(index++, upTo);
    return index;
  }

  /**
   * All streams' events. A number that was given and is not there was trimmed, or is not there yet:
   * then the page ends before it.
   *
   * <p>And it ends at the head of {@code spans}. Beyond that the snapshot may hold more, but which
   * of those numbers were trimmed before it was taken only later spans can tell.
   */
  Page all(long after, int limit, Spans spans) throws SQLException {
    PreparedStatement select = snapshot.statement(ALL);
    select.setLong(1, after);
    select.setLong(2, spans.headValue());
    select.setInt(3, limit);
    List<Event> events = new ArrayList<>();
    long bytes = 0;
    long from = after;
    long through = after;
    try (ResultSet row = select.executeQuery()) {
      while (true) {
        boolean isAtEnd = !row.next();
        long next = isAtEnd ? Math.max(through, spans.headValue()) + 1 : row.getLong(1);
        long missing = spans.lastGivenBetween(through, next);
        if (missing > through) {
          if (missing > snapshot.number(TRIMMED)) {
            break;
          }
          from = missing;
        }
        if (isAtEnd) {
          through = next - 1;
          break;
        }
        Event event = EventRow.read(row, file.streamName(snapshot, row.getLong(3)));
        events.add(event);
        bytes += EventRow.bytes(event.draft());
        through = next;
        if (events.size() >= limit || bytes >= PAGE_BYTES) {
          break;
        }
      }
    }
    return new Page(events, new EventId(from), new EventId(through));
  }

  Optional<Event> one(long number) throws SQLException {
    PreparedStatement select = snapshot.statement(ONE);
    select.setLong(1, number);
    try (ResultSet row = select.executeQuery()) {
      return row.next()
          ? Optional.of(EventRow.read(row, file.streamName(snapshot, row.getLong(3))))
          : Optional.empty();
    }
  }

  /**
   * The last number whose event is older than {@code since}; {@code head} if all are, 0 if none is.
   * By bisection: times never decrease along the log.
   */
  long positionAt(Instant since, long head) throws SQLException {
    long sinceMillis = since.toEpochMilli();
    PreparedStatement next = snapshot.statement(NEXT_TIME);
    long older = 0;
    long low = 1;
    long high = head;
    while (low <= high) {
      long middle = low + (high - low) / 2;
      next.setLong(1, middle);
      try (ResultSet row = next.executeQuery()) {
        if (!row.next() || row.getLong(2) >= sinceMillis) {
          high = middle - 1;
        } else {
          older = row.getLong(1);
          low = older + 1;
        }
      }
    }
    return next(older + 1) == 0 ? head : older;
  }

  /** The first number from {@code number} on that is there, or 0. */
  private long next(long number) throws SQLException {
    return snapshot.number(NEXT_TIME, number);
  }

  /**
   * A search for the newest event of a view that has so many of it after it, and where it has got
   * to: it may take several snapshots, so that no one of them is kept for a whole stream.
   */
  static final class Back {
    private final View view;
    private final long earliest;
    private int remaining;
    private long upTo = Long.MAX_VALUE;
    private boolean isDone;

    Back(View view, int events, long earliest) {
      this.view = view;
      this.earliest = earliest;
      remaining = events;
    }

    boolean isDone() {
      return isDone;
    }

    /** What was found, or {@code earliest}; once done. */
    long position() {
      return upTo;
    }

    private void found(long number) {
      upTo = number;
      isDone = true;
    }

    private void passed(Event event) {
      upTo = event.id().value() - 1;
      if (view.accepts(event)) {
        remaining--;
      }
    }
  }

  /**
   * Goes on with a search, {@link #ROWS_BACK} rows further at most.
   *
   * <p>From the index alone where that answers, and then at once; otherwise row by row, for {@link
   * View#accepts} has the say, though without the data.
   *
   * @return the same search
   */
  Back goBack(Back back) throws SQLException {
    View view = back.view;
    Narrowing by = Narrowing.of(view);
    long streamId = stream(view.stream()).id();
    if (by.isAll(view)) {
      PreparedStatement select = snapshot.statement(EventTable.EVENT.numberBackwards(by));
      select.setInt(bindRange(select, view, streamId, back.earliest, back.upTo), back.remaining);
      try (ResultSet row = select.executeQuery()) {
        back.found(row.next() ? row.getLong(1) : back.earliest);
      }
      return back;
    }
    PreparedStatement select = snapshot.statement(EventTable.EVENT.candidatesBackwards(by));
    select.setInt(bindRange(select, view, streamId, back.earliest, back.upTo), ROWS_BACK);
    int rows = 0;
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        rows++;
        Event event = EventRow.read(row, view.stream());
        if (back.remaining == 0 && view.accepts(event)) {
          back.found(event.id().value());
          return back;
        }
        back.passed(event);
      }
    }
    if (rows < ROWS_BACK) {
      back.found(back.earliest);
    }
    return back;
  }
}
