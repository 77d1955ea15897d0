package io.heliograph.sse;

import io.heliograph.event.EventId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Blocks of an event stream as bytes: UTF-8, lines end in LF, each block ends in an empty line.
 *
 * <p>Callers vouch that names and ids hold no line break and no NUL ({@link
 * io.heliograph.event.EventDraft} and the settings see to it); data and comments may hold anything,
 * since each of their lines gets a field name of its own, so nothing in them can become a field.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">WHATWG HTML,
 *     9.2</a>
 */
public final class SseEncoder {
  private static final byte[] ID = ascii("id: ");
  private static final byte[] EVENT = ascii("event: ");
  private static final byte[] DATA = ascii("data: ");
  private static final byte[] COMMENT = ascii(":");
  private static final byte LF = '\n';

  private SseEncoder() {}

  /**
   * One event.
   *
   * @param id the {@code id:} line, or null for none: an event without one leaves the client's
   *     position alone
   * @param name the {@code event:} line, or null for none: the client then calls it {@code message}
   * @param data split at CR, LF and CRLF into a {@code data:} line each; empty data is one empty
   *     line, which a client does dispatch
   */
  public static byte[] event(@Nullable EventId id, @Nullable String name, byte[] data) {
    byte[] idText = id == null ? null : ascii(id.toString());
    byte[] nameText = name == null ? null : utf8(name);
    int size =
        (idText == null ? 0 : ID.length + idText.length + 1)
            + (nameText == null ? 0 : EVENT.length + nameText.length + 1)
            + linesSize(DATA, data)
            + 1;
    Block block = new Block(size);
    if (idText != null) {
      block.line(ID, idText);
    }
    if (nameText != null) {
      block.line(EVENT, nameText);
    }
    block.lines(DATA, data);
    return block.end();
  }

  /** {@link #event(EventId, String, byte[])} with data given as text. */
  public static byte[] event(@Nullable EventId id, @Nullable String name, String data) {
    return event(id, name, utf8(data));
  }

  /** An id alone: moves the client's Last-Event-ID without an event (WHATWG HTML, 9.2.6). */
  public static byte[] id(EventId id) {
    byte[] text = ascii(id.toString());
    return new Block(ID.length + text.length + 2).line(ID, text).end();
  }

  /** A comment, which clients ignore; it shows every intermediary that the connection lives. */
  public static byte[] comment(String text) {
    byte[] bytes = utf8(text);
    return new Block(linesSize(COMMENT, bytes) + 1).lines(COMMENT, bytes).end();
  }

  /** How long a client waits before it comes back. */
  public static byte[] retry(Duration delay) {
    return ascii("retry: " + delay.toMillis() + "\n\n");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What {@link Block#lines} will write, so that the block is allocated once. */
  private static int linesSize(byte[] field, byte[] text) {
    int size = field.length + 1;
    for (int i = 0; i < text.length; i++) {
      if (isLineEnd(text, i)) {
        size += field.length + 1;
      } else if (text[i] != '\r') {
        size++;
      }
    }
    return size;
  }

  /** Whether a line ends with the byte at {@code i}; in a CRLF it is the LF that ends it. */
  private static boolean isLineEnd(byte[] text, int i) {
    return text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.length || text[i + 1] != '\n'));
  }

  private static final class Block {
    private final byte[] bytes;
    private int size;

    Block(int size) {
      this.bytes = new byte[size];
    }

    Block line(byte[] field, byte[] text) {
      put(field, 0, field.length);
      put(text, 0, text.length);
      bytes[size++] = LF;
      return this;
    }

    Block lines(byte[] field, byte[] text) {
      int start = 0;
      for (int i = 0; i < text.length; i++) {
        if (isLineEnd(text, i)) {
          int end = text[i] == '\n' && i > start && text[i - 1] == '\r' ? i - 1 : i;
          put(field, 0, field.length);
          put(text, start, end);
          bytes[size++] = LF;
          start = i + 1;
        }
      }
      put(field, 0, field.length);
      put(text, start, text.length);
      bytes[size++] = LF;
      return this;
    }

    private void put(byte[] source, int from, int to) {
      System.arraycopy(source, from, bytes, size, to - from);
      size += to - from;
    }

    byte[] end() {
      bytes[size++] = LF;
      return bytes;
    }
  }
}
