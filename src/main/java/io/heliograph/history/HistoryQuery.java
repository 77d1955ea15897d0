package io.heliograph.history;

import io.heliograph.event.Event;
import io.heliograph.event.EventDraft;
import io.heliograph.event.View;
import io.heliograph.stream.InvalidParameterException;
import io.heliograph.stream.ReadParameters;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which page of which events.
 *
 * @param after the position as it was presented, which may be none of this log; null for none
 * @param since only events from this on, if no position is given; null for the oldest that is kept
 * @param until only events before this; null for all
 * @param limit events at most
 * @param correlationId only events with this one; null for all
 * @param longestWait how long to wait for an event if there is none; zero for not at all
 */
record HistoryQuery(
    View view,
    @Nullable String after,
    @Nullable Instant since,
    @Nullable Instant until,
    int limit,
    @Nullable String correlationId,
    Duration longestWait) {

  static final int DEFAULT_LIMIT = 100;
  static final int LIMIT = 1000;

  /** Proxies and load balancers commonly end what is silent for a minute. */
  static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  /** Ten digits hold every number that is not refused anyhow. */
  private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");

  private static final Pattern WAIT = Pattern.compile("(\\d{1,6})(ms|s|m)?");

  /** Reads a request's query parameters; of one given several times the first counts. */
  static HistoryQuery parse(View view, Map<String, List<String>> parameters) {
    Instant end = ReadParameters.instant("until", first(parameters, "until"));
    Duration longestWait = wait(first(parameters, "wait"));
    if (end != null && !longestWait.isZero()) {
      throw new InvalidParameterException("wait", "cannot be given with until, which has an end");
    }
    String correlation = first(parameters, "correlation_id");
    return new HistoryQuery(
        view.withTypes(ReadParameters.types(parameters.getOrDefault("type", List.of()))),
        first(parameters, "after"),
        ReadParameters.instant("since", first(parameters, "since")),
        end,
        limit(first(parameters, "limit")),
        correlation == null
            ? null
            : ReadParameters.label("correlation_id", correlation, EventDraft.LABEL_LIMIT),
        longestWait);
  }

  /** The same, of what may be seen of its view. */
  HistoryQuery withView(View newView) {
    return new HistoryQuery(newView, after, since, until, limit, correlationId, longestWait);
  }

  /**
   * Whether {@code event}, which is in the view, is asked for.
   *
   * <p>A later time than the log's newest has no position: whoever waits from the head on is still
   * not given what comes before it.
   */
  boolean accepts(Event event) {
    boolean isEarly = after == null && since != null && event.time().isBefore(since);
    return !isEarly && (correlationId == null || correlationId.equals(event.correlationId()));
  }

  /** Whether {@link #accepts} may say no. */
  boolean isFiltered() {
    return correlationId != null || (after == null && since != null);
  }

  private static @Nullable String first(Map<String, List<String>> parameters, String name) {
    List<String> values = parameters.getOrDefault(name, List.of());
    return values.isEmpty() ? null : ReadParameters.present(values.get(0));
  }

  private static int limit(@Nullable String text) {
    if (text == null) {
      return DEFAULT_LIMIT;
    }
    long number = NUMBER.matcher(text).matches() ? Long.parseLong(text) : 0;
    if (number < 1 || number > LIMIT) {
      throw new InvalidParameterException(
          "limit",
          "'" + ReadParameters.shown(text) + "' was given, it takes a number from 1 to " + LIMIT);
    }
    return (int) number;
  }

  private static Duration wait(@Nullable String text) {
    if (text == null) {
      return Duration.ZERO;
    }
    Matcher matcher = WAIT.matcher(text);
    Duration wait = matcher.matches() ? duration(matcher) : null;
    if (wait == null || wait.compareTo(LONGEST_WAIT) > 0) {
      throw new InvalidParameterException(
          "wait",
          "'"
              + ReadParameters.shown(text)
              + "' was given, it takes a duration such as 25s, at most "
              + LONGEST_WAIT.toSeconds()
              + "s");
    }
    return wait;
  }

  private static @Nullable Duration duration(Matcher matcher) {
    long count = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2);
    if (unit == null) {
      return count == 0 ? Duration.ZERO : null;
    }
    return switch (unit) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      default -> Duration.ofMinutes(count);
    };
  }
}
