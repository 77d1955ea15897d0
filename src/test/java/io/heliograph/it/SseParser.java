package io.heliograph.it;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads an event stream, byte by byte.
 *
 * <p>A block that is cut off is never handed on, as a client never sees it.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">WHATWG HTML,
 *     9.2.6</a>
 */
final class SseParser {
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final Consumer<Block> to;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
  private boolean wasCarriageReturn;
  private boolean isFirstLine = true;

  private @Nullable String id;
  private @Nullable String name;
  private @Nullable StringBuilder data;
  private @Nullable String retry;
  private List<String> comments = new ArrayList<>(0);
  private boolean isEmpty = true;

  SseParser(Consumer<Block> to) {
    this.to = to;
  }

  void feed(byte[] bytes, int from, int to) {
    int start = from;
    for (int i = from; i < to; i++) {
      byte b = bytes[i];
      if (b == '\n' || b == '\r') {
        boolean isSecondOfTwo = b == '\n' && wasCarriageReturn;
        wasCarriageReturn = b == '\r';
        if (!isSecondOfTwo) {
          line.write(bytes, start, i - start);
          lineEnded();
        }
        start = i + 1;
      } else {
        wasCarriageReturn = false;
      }
    }
    line.write(bytes, start, to - start);
  }

  private void lineEnded() {
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    if (isFirstLine) {
      isFirstLine = false;
      text = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }
    if (text.isEmpty()) {
      blockEnded();
      return;
    }
    isEmpty = false;
    int colon = text.indexOf(':');
    if (colon == 0) {
      comments.add(text.substring(1));
    } else if (colon < 0) {
      field(text, "");
    } else {
      int value = text.startsWith(" ", colon + 1) ? colon + 2 : colon + 1;
      field(text.substring(0, colon), text.substring(value));
    }
  }

  private void field(String field, String value) {
    switch (field) {
      case "event" -> name = value;
      case "data" -> {
        StringBuilder all = data;
        if (all == null) {
          data = new StringBuilder(value);
        } else {
          all.append('\n').append(value);
        }
      }
      case "id" -> {
        if (value.indexOf('\0') < 0) {
          id = value;
        }
      }
      case "retry" -> {
        if (value.matches("[0-9]+")) {
          retry = value;
        }
      }
      default -> throw new AssertionError("a field that nobody knows: '" + field + "'");
    }
  }

  private void blockEnded() {
    if (isEmpty) {
      return;
    }
    Block block =
        new Block(id, name, data == null ? null : data.toString(), retry, List.copyOf(comments));
    id = null;
    name = null;
    data = null;
    retry = null;
    comments = new ArrayList<>(0);
    isEmpty = true;
    to.accept(block);
  }
}
