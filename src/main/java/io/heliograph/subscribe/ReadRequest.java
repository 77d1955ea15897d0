package io.heliograph.subscribe;

import io.heliograph.event.EventDraft;
import io.heliograph.event.View;
import io.heliograph.stream.ReadParameters;
import io.heliograph.stream.StartAt;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request says that it wants to read.
 *
 * @param session what the client calls its session, for the limit of one place for each
 */
record ReadRequest(View view, StartAt start, @Nullable String session) {
  /**
   * What {@code query} and the {@code Last-Event-ID} header ask for. The header wins over the
   * parameter {@code lastEventId}, its stand-in for clients that cannot set one.
   *
   * @param view the stream and key of the path
   * @throws io.heliograph.stream.InvalidParameterException if a parameter does not fit; a position
   *     never does not, it is a gap
   */
  static ReadRequest of(
      View view, MultivaluedMap<String, String> query, HttpServletRequest request) {
    String header = ReadParameters.present(request.getHeader(HttpHeaders.LAST_EVENT_ID_HEADER));
    @Nullable String position =
        header == null ? ReadParameters.present(query.getFirst("lastEventId")) : header;
    return new ReadRequest(
        view.withTypes(ReadParameters.types(query.getOrDefault("type", List.of()))),
        new StartAt(position, ReadParameters.instant("since", query.getFirst("since"))),
        session(query.getFirst("session")));
  }

  private static @Nullable String session(@Nullable String given) {
    String session = ReadParameters.present(given);
    return session == null
        ? null
        : ReadParameters.label("session", session, EventDraft.LABEL_LIMIT);
  }
}
