package io.heliograph.subscribe;

import io.heliograph.event.EventDraft;
import io.heliograph.event.InvalidEventException;
import io.heliograph.event.View;
import io.heliograph.stream.StartAt;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a request says that it wants to read. */
record ReadRequest(View view, StartAt start) {
  /** Types one request may name; a view is found under each of them. */
  static final int TYPES_LIMIT = 50;

  /**
   * @param types each a type or a comma list of them
   * @param header the {@code Last-Event-ID} header, which wins over
   * @param parameter its stand-in for clients that cannot set a header
   * @param since an ISO-8601 instant or epoch milliseconds; a position wins over it
   * @throws BadParameterException if a parameter does not fit; a position never does not, it is a
   *     gap
   */
  static ReadRequest of(
      String stream,
      @Nullable String key,
      List<String> types,
      @Nullable String header,
      @Nullable String parameter,
      @Nullable String since) {
    try {
      if (key != null) {
        EventDraft.requireText("key", key, EventDraft.LABEL_LIMIT);
      }
      View view = View.of(stream).withKey(key).withTypes(types(types));
      String position = header != null && !header.isEmpty() ? header : parameter;
      return new ReadRequest(view, new StartAt(position, since == null ? null : instant(since)));
    } catch (InvalidEventException e) {
      throw new BadParameterException(e);
    }
  }

  private static Set<String> types(List<String> given) {
    Set<String> types =
        given.stream()
            .flatMap(list -> Arrays.stream(list.split(",", -1)))
            .map(String::strip)
            .filter(type -> !type.isEmpty())
            .collect(Collectors.toSet());
    if (types.size() > TYPES_LIMIT) {
      throw new BadParameterException(
          "type: "
              + types.size()
              + " types were given, the limit is "
              + TYPES_LIMIT
              + "; leave it out to get all");
    }
    types.forEach(type -> EventDraft.requireText("type", type, EventDraft.NAME_LIMIT));
    return types;
  }

  private static Instant instant(String text) {
    try {
      return text.matches("\\d{1,15}")
          ? Instant.ofEpochMilli(Long.parseLong(text))
          : Instant.parse(text);
    } catch (DateTimeException e) {
      throw new BadParameterException(
          "since: '"
              + text.substring(0, Math.min(text.length(), 40))
              + "' was given, it takes an instant such as 2026-01-31T12:00:00Z or milliseconds since"
              + " 1970");
    }
  }
}
