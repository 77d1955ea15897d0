package io.heliograph.log;

import io.heliograph.event.EventId;
import java.util.Arrays;

/**
 * The stretches of numbers that a log has given, and its head: an immutable snapshot, so that
 * {@link EventLog#head()} and {@link EventLog#isKnown} cost neither I/O nor a lock.
 *
 * <p>The last span is open: it ends at the head. A span that nobody appended to yet is empty; the
 * position just before its first number is known all the same, because that is where its readers
 * start.
 */
final class Spans {
  /** So many are remembered; a position of an older one is unknown, which is a gap, not a loss. */
  static final int LIMIT = 1000;

  /** Numbers set aside for each second since 1970; see {@link #firstOfNext}. */
  private static final int BITS_PER_SECOND = 20;

  private final long[] firsts;
  private final long[] lasts;
  private final long head;

  /**
   * @param firsts the first number of each span, ascending
   * @param lasts the last number of each span but the open one, which {@code head} ends
   */
  Spans(long[] firsts, long[] lasts, long head) {
    this.firsts = firsts;
    this.lasts = lasts;
    this.head = head;
  }

  /** Where a log that is new begins. */
  static long firstOfNew(long nowSeconds) {
    return nowSeconds << BITS_PER_SECOND;
  }

  /**
   * Where the span of an opening begins, if {@code last} is the last number that the opened file
   * knows of, given or only set aside as the first of a span.
   *
   * <p>The file may be a copy restored from a backup, and the original may have given more numbers
   * since. It began at some second and gave, on average, fewer than 2<sup>20</sup> numbers in each
   * since (a tenth of that is what one machine can commit), so all that it ever gave lie below this
   * second's. So does all that other openings set aside, as long as they are rarer than one a
   * second.
   */
  static long firstOfNext(long nowSeconds, long last) {
    return (Math.max(nowSeconds, last >> BITS_PER_SECOND) + 1) << BITS_PER_SECOND;
  }

  Spans withHead(long newHead) {
    return new Spans(firsts, lasts, newHead);
  }

  EventId head() {
    return new EventId(head);
  }

  long headValue() {
    return head;
  }

  /** Whether {@code position} lies in a span or just before one, and not after the head. */
  boolean isKnown(long position) {
    int span = spanBefore(position + 1);
    return span >= 0 && position <= last(span);
  }

  /**
   * The last number after {@code after} and before {@code before} that was given to an event, or
   * {@code after} if none was: what lies between spans is nobody's.
   */
  long lastGivenBetween(long after, long before) {
    for (int span = spanBefore(before - 1); span >= 0; span--) {
      long given = Math.min(last(span), before - 1);
      if (given >= firsts[span]) {
        return Math.max(given, after);
      }
      if (firsts[span] <= after) {
        break;
      }
    }
    return after;
  }

  /** How many numbers after {@code after} were given; what lies between spans does not count. */
  long givenAfter(long after) {
    long given = 0;
    for (int span = firsts.length - 1; span >= 0 && last(span) > after; span--) {
      given += Math.max(0, last(span) - Math.max(after, firsts[span] - 1));
    }
    return given;
  }

  /** The index of the last span that begins at {@code number} or before, or -1. */
  private int spanBefore(long number) {
    int index = Arrays.binarySearch(firsts, number);
    return index >= 0 ? index : -index - 2;
  }

  private long last(int span) {
    return span < lasts.length ? lasts[span] : head;
  }
}
