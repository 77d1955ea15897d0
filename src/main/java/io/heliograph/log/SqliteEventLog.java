package io.heliograph.log;

import io.heliograph.database.SqliteFaults;
import io.heliograph.event.Event;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The event log in one SQLite file: what a hub of one node needs and nothing to install.
 *
 * <p><b>Durable.</b> Write-ahead log, {@code synchronous=FULL}: {@link #append} returns when the
 * disk has it. A commit that fails is not taken for one that did nothing. The file is opened again,
 * which lets SQLite settle what is in it (but not if it was only full: an opening has to write, and
 * reading would end, too), and the batch table says whether the batch is there.
 *
 * <p><b>Spans.</b> Every opening begins a new span beyond every number that may have been given
 * before, even by a file of which this one is an older copy ({@link Spans#firstOfNext}). So a
 * position that a subscriber got from events which a restored file has forgotten is unknown here,
 * and answered with a gap; without spans it would name other events, and they would be skipped in
 * silence.
 *
 * <p><b>Threads.</b> {@link #writing} guards the writing connection and everything that an append,
 * a trim or an opening changes; it is held over I/O, by design only by the {@link Appender} and,
 * when the file must be opened again, by whoever finds that out. Reads do not take it: each runs on
 * a connection of its own and sees one snapshot. {@link #head} and {@link #isKnown} read a volatile
 * snapshot. An opening happens before its spans are seen, and its spans before its events.
 */
public final class SqliteEventLog implements EventLog {
  /**
   * How often stale idempotency keys are looked for: they live a day, so this need not be often.
   */
  private static final Duration STALE_EVERY = Duration.ofMinutes(1);

  private static final System.Logger LOG = System.getLogger(SqliteEventLog.class.getName());

  /** How long a read waits for an opening that another thread is at. */
  private static final long OPENING_TIMEOUT_MILLIS = 5_000;

  /** How long closing waits for a write: its share of the 5 s that a stopping node has. */
  private static final long CLOSING_TIMEOUT_MILLIS = 500;

  private final Path path;
  private final InstantSource clock;
  private final SqliteFileLock fileLock;
  private final Committing committing;
  private final ReentrantLock writing = new ReentrantLock();

  private volatile SqliteFile file;
  private volatile Spans spans;
  private volatile boolean isClosed;
  private volatile Runnable news = () -> {};

  private long lastTimeMillis;

  /** By {@link System#nanoTime}: a clock that is set back must not put it off. */
  private long nextStale = System.nanoTime();

  /**
   * Opens the log in {@code database}, which is made if it is not there, with its directory.
   *
   * @param clock what events are timed by; a clock that goes backwards does not make times do so
   * @throws LogUnavailableException if it cannot be opened, or another hub has it open
   */
  public SqliteEventLog(Path database, InstantSource clock) {
    this(database, clock, connection -> connection.execute("COMMIT"));
  }

  /** How a transaction is committed: a test fails here, before or after it really happened. */
  interface Committing {
    void commit(SqliteConnection connection) throws SQLException;
  }

  SqliteEventLog(Path database, InstantSource clock, Committing committing) {
    this.path = database.toAbsolutePath().normalize();
    this.clock = clock;
    this.committing = committing;
    makeDirectory(path);
    fileLock = SqliteFileLock.acquire(path);
    SqliteFile opened = null;
    try {
      opened = SqliteFile.open(path, null);
      file = opened;
      spans = begin(opened, 0);
    } catch (RuntimeException e) {
      if (opened != null) {
        opened.close();
      }
      fileLock.close();
      throw e;
    }
  }

  private static void makeDirectory(Path database) {
    Path directory = database.getParent();
    try {
      if (directory != null) {
        Files.createDirectories(directory);
      }
    } catch (IOException e) {
      throw new LogUnavailableException(
          "the event log's directory "
              + directory
              + " cannot be made ("
              + e
              + "); make it for the server's user, or name another with heliograph.data",
          e);
    }
  }

  private Spans begin(SqliteFile opened, long lastGiven) {
    try {
      SqliteConnection writer = opened.writer();
      long lastStored =
          Math.max(
              writer.number("SELECT time FROM event ORDER BY seq DESC LIMIT 1"),
              writer.number("SELECT max(time) FROM batch"));
      lastTimeMillis = Math.max(lastTimeMillis, lastStored);
      return SqliteSpans.begin(writer, clock.instant().getEpochSecond(), lastGiven);
    } catch (SQLException e) {
      throw SqliteErrors.unavailable(path, "opening", e);
    }
  }

  /** The file to write to, opened again if it is not the one that was. Under {@link #writing}. */
  private SqliteFile opened() {
    if (isClosed) {
      throw closed();
    }
    return file.isIntact() ? file : reopen();
  }

  private SqliteFile reopen() {
    SqliteFile before = file;
    before.rescueWriteAheadLog();
    before.close();
    SqliteFile opened = SqliteFile.open(path, before);
    try {
      spans = begin(opened, spans.headValue());
      file = opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
    news.run();
    return opened;
  }

  /** The file to read from. An opening that takes long is waited for, but not for ever. */
  private SqliteFile openedToRead() {
    if (isClosed) {
      throw closed();
    }
    SqliteFile open = file;
    if (open.isIntact()) {
      return open;
    }
    try {
      if (!writing.tryLock(OPENING_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new LogUnavailableException(
            "the event log " + path + " is being opened again; try again in a moment");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LogUnavailableException("interrupted while the event log was being opened", e);
    }
    try {
      return opened();
    } finally {
      writing.unlock();
    }
  }

  private LogUnavailableException closed() {
    return new LogUnavailableException("the event log " + path + " is closed; the hub is stopping");
  }

  @Override
  public List<Receipt> append(Batch batch) {
    writing.lock();
    try {
      return append(batch, opened());
    } catch (CommitFailedException e) {
      return settle(batch, e);
    } finally {
      writing.unlock();
    }
  }

  /** The commit itself failed: the batch may be stored or not. */
  private static final class CommitFailedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final SQLException error;

    CommitFailedException(SQLException error) {
      super(error.getMessage(), error);
      this.error = error;
    }
  }

  /**
   * Looks whether {@code batch} is there, in the file opened again unless that is only full, and
   * stores it if it is not.
   *
   * <p>With a reader's eyes: should the writer's transaction not have been rolled back, it alone
   * would still see the batch.
   */
  private List<Receipt> settle(Batch batch, CommitFailedException failure) {
    boolean isFull = SqliteErrors.isFull(failure.error);
    if (!isFull) {
      file.distrust();
    }
    try {
      SqliteFile open = opened();
      Optional<List<Receipt>> stored =
          open.read(snapshot -> Optional.ofNullable(receipts(snapshot, batch)));
      if (stored.isPresent()) {
        if (isFull) {
          // Its head was not moved; whoever comes next opens it again and finds it.
          open.distrust();
        }
        return stored.get();
      }
      if (!isFull) {
        return append(batch, open);
      }
    } catch (CommitFailedException | LogUnavailableException e) {
      e.addSuppressed(failure);
      throw new OutcomeUnknownException(
          "the event log "
              + path
              + " failed while it committed ("
              + failure.getMessage()
              + ") and cannot be asked whether it did ("
              + e.getMessage()
              + "); repeat with the same idempotency key",
          e);
    }
    throw SqliteErrors.unavailable(path, "appending", failure.error);
  }

  private List<Receipt> append(Batch batch, SqliteFile open) throws CommitFailedException {
    SqliteConnection writer = open.writer();
    SqliteAppend appended;
    List<Receipt> receipts;
    try {
      List<Receipt> stored = receipts(writer, batch);
      if (stored != null) {
        return stored;
      }
      long timeMillis = Math.max(lastTimeMillis, clock.millis());
      appended = new SqliteAppend(writer, spans.headValue(), timeMillis);
      writer.execute("BEGIN IMMEDIATE");
      try {
        receipts = appended.store(batch.publications());
      } catch (SQLException e) {
        writer.rollBack(e);
        if (!SqliteFaults.isAboutData(e)) {
          throw e;
        }
        appended = new SqliteAppend(writer, spans.headValue(), timeMillis);
        writer.execute("BEGIN IMMEDIATE");
        receipts = appended.storeOneByOne(batch.publications());
      }
      appended.remember(batch, receipts);
    } catch (SQLException e) {
      writer.rollBack(e);
      throw failed(open, "appending", e);
    } catch (RuntimeException e) {
      writer.rollBack(e);
      throw e;
    }
    commit(open);
    lastTimeMillis = appended.timeMillis();
    spans = spans.withHead(appended.last());
    open.trim().stored(appended.storedByStream());
    news.run();
    open.checkpoints().afterCommit();
    return receipts;
  }

  /**
   * Commits, and looks once more whether it was to the file that the path names: one that was moved
   * away since took the batch along.
   */
  private void commit(SqliteFile open) throws CommitFailedException {
    try {
      committing.commit(open.writer());
    } catch (SQLException e) {
      open.writer().rollBack(e);
      throw new CommitFailedException(e);
    }
    if (!open.isIntact()) {
      throw new CommitFailedException(
          new SQLException("the file was moved away or replaced during the commit"));
    }
  }

  private LogUnavailableException failed(SqliteFile open, String doing, SQLException e) {
    if (!SqliteFaults.leavesFileUsable(e)) {
      open.distrust();
    }
    return SqliteErrors.unavailable(path, doing, e);
  }

  /** The receipts of {@code batch} if it is stored, else null. */
  private static @Nullable List<Receipt> receipts(SqliteConnection database, Batch batch)
      throws SQLException {
    PreparedStatement select =
        database.statement("SELECT receipts FROM batch WHERE node = ? AND number = ?");
    select.setString(1, batch.node());
    select.setLong(2, batch.number());
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? StoredJson.receipts(row.getString(1)) : null;
    }
  }

  @Override
  public int trim(TrimRule rule, int slice) {
    writing.lock();
    try {
      SqliteFile open = opened();
      try {
        return trim(open, rule, slice);
      } catch (SQLException e) {
        open.writer().rollBack(e);
        throw failed(open, "trimming", e);
      } catch (RuntimeException e) {
        open.writer().rollBack(e);
        throw e;
      }
    } finally {
      writing.unlock();
    }
  }

  /** Commits a page that stays as it is: a full or lost disk shows nowhere but in a commit. */
  @Override
  public void requireWritable() {
    writing.lock();
    try {
      SqliteFile open = opened();
      SqliteConnection writer = open.writer();
      try {
        writer.execute("BEGIN IMMEDIATE");
        writer.execute("PRAGMA user_version = " + writer.text("PRAGMA user_version"));
        writer.execute("COMMIT");
        open.checkpoints().afterCommit();
      } catch (SQLException e) {
        writer.rollBack(e);
        throw failed(open, "looking whether it can be written to", e);
      }
    } finally {
      writing.unlock();
    }
  }

  private int trim(SqliteFile open, TrimRule rule, int limit) throws SQLException {
    long nowMillis = clock.millis();
    boolean mayBeMoreStale = false;
    if (System.nanoTime() - nextStale >= 0) {
      mayBeMoreStale = open.trim().removeStale(nowMillis, limit) >= limit;
      if (!mayBeMoreStale) {
        nextStale = System.nanoTime() + STALE_EVERY.toNanos();
      }
    }
    SqliteTrim.Slice slice = open.trim().find(rule, limit, nowMillis);
    if (!slice.isEmpty()) {
      open.writer().execute("BEGIN IMMEDIATE");
      open.trim().remove(slice);
      open.writer().execute("COMMIT");
      open.trim().removed(slice);
    }
    open.checkpoints().afterCommit();
    return mayBeMoreStale ? limit : slice.events();
  }

  @Override
  public Page readAll(EventId after, int limit) {
    Spans known = spans;
    SqliteFile open = openedToRead();
    return open.read(snapshot -> new SqliteReads(open, snapshot).all(after.value(), limit, known));
  }

  @Override
  public Page read(View view, EventId after, int limit) {
    long head = spans.headValue();
    SqliteFile open = openedToRead();
    return open.read(
        snapshot -> new SqliteReads(open, snapshot).page(view, after.value(), limit, head));
  }

  @Override
  public Page readRetained(View view, EventId after, EventId upTo, int limit) {
    SqliteFile open = openedToRead();
    return open.read(
        snapshot ->
            new SqliteReads(open, snapshot).retained(view, after.value(), upTo.value(), limit));
  }

  @Override
  public Optional<Event> find(EventId id) {
    SqliteFile open = openedToRead();
    return open.read(snapshot -> new SqliteReads(open, snapshot).one(id.value()));
  }

  @Override
  public EventId positionAt(Instant since) {
    long head = spans.headValue();
    SqliteFile open = openedToRead();
    return new EventId(
        open.read(snapshot -> new SqliteReads(open, snapshot).positionAt(since, head)));
  }

  @Override
  public EventId positionBack(View view, int events, EventId earliest) {
    SqliteReads.Back back = new SqliteReads.Back(view, events, earliest.value());
    while (!back.isDone()) {
      SqliteFile open = openedToRead();
      open.read(snapshot -> new SqliteReads(open, snapshot).goBack(back));
    }
    return new EventId(back.position());
  }

  @Override
  public EventId trimmedThrough(String stream) {
    SqliteFile open = openedToRead();
    return new EventId(open.read(snapshot -> new SqliteReads(open, snapshot).watermark(stream)));
  }

  @Override
  public EventId head() {
    if (isClosed) {
      throw closed();
    }
    return spans.head();
  }

  @Override
  public long givenAfter(EventId position) {
    return spans.givenAfter(position.value());
  }

  @Override
  public boolean isKnown(EventId position) {
    if (isClosed) {
      throw closed();
    }
    return position.equals(EventId.NONE) || spans.isKnown(position.value());
  }

  @Override
  public void follow(Runnable listener) {
    news = listener;
  }

  @Override
  public void close() {
    if (!awaitWriter()) {
      isClosed = true;
      LOG.log(
          Level.WARNING,
          "the event log {0} is still being written to after {1} ms and stays open; its disk does not"
              + " answer",
          path,
          CLOSING_TIMEOUT_MILLIS);
      return;
    }
    try {
      if (!isClosed) {
        isClosed = true;
        file.close();
        fileLock.close();
      }
    } finally {
      writing.unlock();
    }
  }

  private boolean awaitWriter() {
    try {
      return writing.tryLock(CLOSING_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return writing.tryLock();
    }
  }
}
