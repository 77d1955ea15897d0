package io.heliograph.log;

import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import java.util.ArrayList;
import java.util.List;

/** Drafts that the tests of this package publish. */
final class Drafts {
  private Drafts() {}

  static EventDraft draft(String stream, String data, String... keys) {
    return new EventDraft(
        stream, List.of(keys), null, null, "tick", EventData.of(data), null, false);
  }

  static EventDraft retained(String stream, String type, String data, String... keys) {
    return new EventDraft(stream, List.of(keys), null, null, type, EventData.of(data), null, true);
  }

  static Publication publication(EventDraft... drafts) {
    return Publication.of(List.of(drafts));
  }

  /** {@code count} drafts with the data {@code first}, {@code first + 1} and so on. */
  static List<EventDraft> numbered(String stream, int first, int count) {
    List<EventDraft> drafts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      drafts.add(draft(stream, Integer.toString(first + i)));
    }
    return drafts;
  }
}
