package io.heliograph.log;

import io.heliograph.event.Event;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What happened, in one hub-wide order, durably.
 *
 * <p>Numbers are contiguous within a span; a new span begins whenever the store may have forgotten
 * numbers that it gave (a new or reopened file, another primary), so no number is ever given twice.
 * {@link #append}, {@link #trim} and {@link #requireWritable} are called by one thread, the {@link
 * Appender}'s; everything else by any, and by several at once. Every method may block on the
 * database: none is for a container's I/O thread.
 *
 * <p>Every method throws {@link LogUnavailableException} if the store did not answer: nothing was
 * changed, and trying again is safe.
 */
public interface EventLog extends AutoCloseable {

  /**
   * Appends {@code batch} in one transaction and returns once it is durable: one receipt a
   * publication, in order.
   *
   * <p>Idempotent by the batch's (node, number): a batch that is already stored is not stored
   * again, its receipts are given again. So a caller that met {@link OutcomeUnknownException} calls
   * again with the same batch.
   *
   * <p>A publication that the store refuses as data gets {@link Receipt.Refused} and leaves the
   * others of its batch unharmed.
   *
   * @throws OutcomeUnknownException if the store was lost during commit and cannot be asked
   */
  List<Receipt> append(Batch batch);

  /**
   * Events after {@code after}, of all streams, in log order: what the {@link LogFollower} reads.
   *
   * <p>Never passes a number that was given and may still appear: the page ends before it. A number
   * that was trimmed does not; then {@link Page#from()} is the last such number, while older events
   * of streams that keep more are in the page all the same.
   *
   * @return at most {@code limit} events, or fewer where they are large; empty at the head
   */
  Page readAll(EventId after, int limit);

  /**
   * Events after {@code after} that {@code view} accepts, in log order.
   *
   * <p>Looks at no more than a few times {@code limit} rows, so a page may hold fewer events than
   * there are: go on from {@link Page#through()}, until that is the position one wants.
   *
   * @return at most {@code limit} events, or fewer where they are large
   */
  Page read(View view, EventId after, int limit);

  /**
   * The newest event of each (stream, key, tenant, owner, type) that was published to be retained,
   * as far as {@code view} accepts it and its id lies after {@code after} and not after {@code
   * upTo}, in log order.
   *
   * @return at most {@code limit} events; {@link Page#through()} is {@code upTo} when there are no
   *     more
   */
  Page readRetained(View view, EventId after, EventId upTo, int limit);

  /** The event numbered {@code id}, or empty if it was never given, or trimmed. */
  Optional<Event> find(EventId id);

  /** The last number given, or the position before the first event of an empty log. */
  EventId head();

  /**
   * Where to begin a page that holds what comes after {@code position}, so that readers who stand
   * near each other read the same page: {@code position} or a little before it.
   */
  default EventId pageStart(EventId position) {
    return new EventId(position.value() & -256L);
  }

  /**
   * Whether {@code position} is one that this log can have told someone: it lies in a span, not
   * after {@link #head()}; or it is {@link EventId#NONE}, before everything.
   */
  boolean isKnown(EventId position);

  /** The position after which every event came at {@code since} or later. */
  EventId positionAt(Instant since);

  /**
   * How many events were appended after {@code position}, trimmed or not: how far a reader that
   * stands there is behind. No I/O.
   */
  long givenAfter(EventId position);

  /**
   * A position with at most {@code events} events of {@code view} after it, as far back as that and
   * {@code earliest} allow; {@code earliest} if no more than so many come after that.
   *
   * <p>May look at every row of the stream after {@code earliest}: give one as late as will do.
   */
  EventId positionBack(View view, int events, EventId earliest);

  /** The position up to which {@code stream} has been trimmed; {@link EventId#NONE} if never. */
  EventId trimmedThrough(String stream);

  /**
   * Forgets what {@code rule} no longer keeps, at most {@code slice} events of it, and moves the
   * stream's watermark in the same transaction. Retained events stay retrievable as such.
   *
   * @return how many events were removed; fewer than {@code slice} when nothing more is to be done,
   *     {@code slice} also where only what is not an event remains to be removed
   */
  int trim(TrimRule rule, int slice);

  /**
   * Returns if an append would be taken now: writes to the disk what changes nothing. Called by the
   * {@link Appender}'s thread, like {@link #append}.
   */
  void requireWritable();

  /**
   * Calls {@code news} after an append, by whichever node. May call without need, and once for
   * several; must be cheap. One listener.
   */
  void follow(Runnable news);

  /** Releases files and connections; what is called afterwards throws. */
  @Override
  void close();
}
