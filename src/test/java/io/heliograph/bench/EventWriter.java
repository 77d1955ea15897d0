package io.heliograph.bench;

import io.heliograph.embedded.TestCaller;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Publish requests as bytes, in one buffer that is used again and again.
 *
 * <p>An event's data are 47 bytes or a few more: its number, the nanosecond at which it was due,
 * and padding that holds no digit.
 */
final class EventWriter {
  private static final byte[] BEGIN = bytes("{\"type\":\"" + Subscriber.EVENT_NAME + "\"");
  private static final byte[] KEYS = bytes(",\"keys\":[\"k");
  private static final byte[] KEYS_END = bytes("\"]");
  private static final byte[] NUMBER = bytes(",\"data\":{\"n\":");
  private static final byte[] DUE = bytes(",\"t\":");
  private static final byte[] END = bytes(",\"p\":\"heliograph\"}}");
  private static final int HEAD_BYTES = 2048;
  private static final int LONGEST_EVENT = 160;

  private final byte[] head;
  private final ByteBuffer body;
  private final ByteBuffer request;
  private final byte[] digits = new byte[20];
  private boolean isFirst;

  EventWriter(PublishOrder order) {
    head =
        bytes(
            ("POST " + order.path() + " HTTP/1.1\r\n")
                + ("Host: localhost:" + order.server().getPort() + "\r\n")
                + ("Content-Type: application/json\r\n"
                    + TestCaller.HEADER
                    + order.headers()
                    + "Content-Length: "));
    body = ByteBuffer.allocate(order.batch() * LONGEST_EVENT + 2);
    request = ByteBuffer.allocate(body.capacity() + HEAD_BYTES);
  }

  void begin(boolean isArray) {
    body.clear();
    isFirst = true;
    if (isArray) {
      body.put((byte) '[');
    }
  }

  /** Adds an event for {@code key}, or for none if that is negative. */
  void add(int key, long number, long dueNanos) {
    if (!isFirst) {
      body.put((byte) ',');
    }
    isFirst = false;
    body.put(BEGIN);
    if (key >= 0) {
      body.put(KEYS);
      put(body, key);
      body.put(KEYS_END);
    }
    body.put(NUMBER);
    put(body, number);
    body.put(DUE);
    put(body, dueNanos);
    body.put(END);
  }

  /** The whole request. Good until the next {@link #begin}. */
  ByteBuffer end(boolean isArray) {
    if (isArray) {
      body.put((byte) ']');
    }
    body.flip();
    request.clear();
    request.put(head);
    put(request, body.remaining());
    request.put((byte) '\r').put((byte) '\n').put((byte) '\r').put((byte) '\n');
    request.put(body);
    return request.flip();
  }

  private void put(ByteBuffer target, long value) {
    int at = digits.length;
    long rest = value;
    do {
      digits[--at] = (byte) ('0' + rest % 10);
      rest /= 10;
    } while (rest > 0);
    target.put(digits, at, digits.length - at);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
