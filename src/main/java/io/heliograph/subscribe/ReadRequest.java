package io.heliograph.subscribe;

import io.heliograph.event.EventDraft;
import io.heliograph.event.View;
import io.heliograph.stream.ReadParameters;
import io.heliograph.stream.StartAt;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request says that it wants to read. */
record ReadRequest(View view, StartAt start) {
  /**
   * @param header the {@code Last-Event-ID} header, which wins over
   * @param parameter its stand-in for clients that cannot set a header
   * @throws io.heliograph.stream.InvalidParameterException if a parameter does not fit; a position
   *     never does not, it is a gap
   */
  static ReadRequest of(
      String stream,
      @Nullable String key,
      List<String> types,
      @Nullable String header,
      @Nullable String parameter,
      @Nullable String since) {
    String wanted = key == null ? null : ReadParameters.label("key", key, EventDraft.LABEL_LIMIT);
    View view = View.of(stream).withKey(wanted).withTypes(ReadParameters.types(types));
    String position = ReadParameters.present(header);
    return new ReadRequest(
        view,
        new StartAt(
            position == null ? ReadParameters.present(parameter) : position,
            ReadParameters.instant("since", since)));
  }
}
