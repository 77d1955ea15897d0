package io.heliograph.sse;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event stream read line by line, as WHATWG HTML 9.2.5 (parsing) and 9.2.6 (interpretation) say,
 * sentence by sentence; written to be compared with that text, not to be fast.
 */
final class WhatwgReader {
  /** What a page's listener would get. */
  record Message(String type, String data, String lastEventId) {}

  private final List<Message> messages = new ArrayList<>();
  private final List<String> comments = new ArrayList<>();
  private final StringBuilder data = new StringBuilder();
  private String eventType = "";
  private String lastEventIdBuffer = "";
  private String lastEventId = "";
  private @Nullable Long reconnectionTime;

  static WhatwgReader read(String stream) {
    WhatwgReader reader = new WhatwgReader();
    // "stream = [ bom ] *event"
    String rest = stream.startsWith("\uFEFF") ? stream.substring(1) : stream;
    // "end-of-line = ( cr lf / cr / lf )"; what follows the last one is no line yet.
    int start = 0;
    for (int i = 0; i < rest.length(); i++) {
      char c = rest.charAt(i);
      if (c == '\n' || c == '\r') {
        reader.line(rest.substring(start, i));
        if (c == '\r' && i + 1 < rest.length() && rest.charAt(i + 1) == '\n') {
          i++;
        }
        start = i + 1;
      }
    }
    return reader;
  }

  List<Message> messages() {
    return messages;
  }

  /** The one message that there must be. */
  Message only() {
    if (messages.size() != 1) {
      throw new AssertionError(messages.size() + " messages: " + messages);
    }
    return messages.get(0);
  }

  List<String> comments() {
    return comments;
  }

  String lastEventId() {
    return lastEventId;
  }

  @Nullable Long reconnectionTime() {
    return reconnectionTime;
  }

  private void line(String line) {
    int colon = line.indexOf(':');
    if (line.isEmpty()) {
      dispatch();
    } else if (colon == 0) {
      comments.add(line.substring(1));
    } else if (colon > 0) {
      String value = line.substring(colon + 1);
      field(line.substring(0, colon), value.startsWith(" ") ? value.substring(1) : value);
    } else {
      field(line, "");
    }
  }

  private void field(String name, String value) {
    switch (name) {
      case "event" -> eventType = value;
      case "data" -> data.append(value).append('\n');
      case "id" -> {
        if (value.indexOf('\0') < 0) {
          lastEventIdBuffer = value;
        }
      }
      case "retry" -> {
        if (!value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
          reconnectionTime = Long.valueOf(value);
        }
      }
      default -> {
        // "The field is ignored."
      }
    }
  }

  private void dispatch() {
    lastEventId = lastEventIdBuffer;
    if (data.length() == 0) {
      eventType = "";
      return;
    }
    data.setLength(data.length() - 1);
    messages.add(
        new Message(eventType.isEmpty() ? "message" : eventType, data.toString(), lastEventId));
    data.setLength(0);
    eventType = "";
  }
}
