package io.heliograph.stream;

import io.heliograph.event.EventId;
import io.heliograph.event.View;
import io.heliograph.log.EventLog;
import io.heliograph.log.LogUnavailableException;
import io.heliograph.metrics.GapReason;
import io.heliograph.stream.StreamPolicy.ReplayLost;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscriber does begin.
 *
 * @param cursor it gets what comes after this
 * @param gap what it has to be told first, if its wish could not be honoured
 * @param wantsRetained whether it gets the retained events up to the cursor: it knows nothing of
 *     what was before
 */
record Start(EventId cursor, @Nullable Gap gap, boolean wantsRetained) {

  /** What was asked for, and why it was not to be had. */
  record Gap(GapReason reason, String requested) {}

  /**
   * The start of one that comes back soon: its position is in the ring, so nothing need be read.
   * Null if that is not so.
   *
   * @param isKnown whether the log knows a position; may throw {@link LogUnavailableException}
   */
  static @Nullable Start inRing(
      StartAt wish,
      FrameRing.Window window,
      StreamPolicy policy,
      Predicate<EventId> isKnown,
      EventId applied) {
    String position = wish.position();
    EventId asked = position == null ? null : EventId.parse(position).orElse(null);
    if (asked == null
        || window.isBehind(asked)
        || asked.isAfter(applied)
        || policy.bufferEvents() > policy.replayLimit()) {
      return null;
    }
    try {
      return isKnown.test(asked) ? new Start(asked, null, false) : null;
    } catch (LogUnavailableException e) {
      // Then it is asked again where that can wait.
      return null;
    }
  }

  /**
   * Judges a wish against the log. Reads the database.
   *
   * @param applied where this node stands; read after the subscriber was attached
   * @throws io.heliograph.log.LogUnavailableException if the log cannot be asked
   */
  static Start of(StartAt wish, View view, StreamPolicy policy, EventLog log, EventId applied) {
    String position = wish.position();
    if (position != null) {
      EventId asked = EventId.parse(position).orElse(null);
      if (asked == null || !log.isKnown(asked)) {
        return lost(GapReason.UNKNOWN, position, view, policy, log, applied);
      }
      if (log.trimmedThrough(view.stream()).isAfter(asked)) {
        return lost(GapReason.TRIMMED, position, view, policy, log, applied);
      }
      if (furthest(view, policy, log, asked).isAfter(asked)) {
        return lost(GapReason.LIMIT, position, view, policy, log, applied);
      }
      return new Start(asked, null, false);
    }
    if (wish.since() != null) {
      // What was trimmed is not "still kept", which is all that was asked for: no gap.
      EventId kept = EventId.max(log.positionAt(wish.since()), log.trimmedThrough(view.stream()));
      EventId from = EventId.min(kept, applied);
      if (furthest(view, policy, log, from).isAfter(from)) {
        return lost(GapReason.LIMIT, wish.since().toString(), view, policy, log, applied);
      }
      return new Start(from, null, true);
    }
    return new Start(applied, null, true);
  }

  private static Start lost(
      GapReason reason,
      String requested,
      View view,
      StreamPolicy policy,
      EventLog log,
      EventId applied) {
    EventId cursor =
        policy.replayLost() == ReplayLost.FRESH
            ? applied
            : EventId.min(furthest(view, policy, log, log.trimmedThrough(view.stream())), applied);
    return new Start(cursor, new Gap(reason, requested), true);
  }

  /** The position furthest back, but not before {@code earliest}, that the limit allows. */
  private static EventId furthest(View view, StreamPolicy policy, EventLog log, EventId earliest) {
    return log.positionBack(view, policy.replayLimit(), earliest);
  }
}
