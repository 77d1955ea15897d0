package io.heliograph.bench;

import java.net.ProtocolException;
import java.util.Locale;

/**
 * HTTP/1.1 responses (RFC 9112) as their bytes come in, in pieces of any size.
 *
 * <p>The body is handed on as ranges of the array that was fed, without its chunks' framing; beyond
 * a response's head nothing is allocated. Responses of one connection follow one another: {@link
 * #expectNext()} between them. One thread at a time.
 */
final class HttpResponseReader {

  /** Takes the body, a range at a time. */
  @FunctionalInterface
  interface Body {
    void accept(byte[] bytes, int from, int to);
  }

  private enum Part {
    STATUS_LINE,
    HEADER_LINE,
    SIZED_BODY,
    BODY_UNTIL_CLOSE,
    CHUNK_SIZE,
    CHUNK_EXTENSION,
    CHUNK,
    CHUNK_END,
    TRAILER_LINE,
    COMPLETE
  }

  /** A head that is longer is no answer of a hub; better to stop than to collect it. */
  private static final int LONGEST_LINE = 16_384;

  private final Body body;
  private final StringBuilder line = new StringBuilder();
  private Part part = Part.STATUS_LINE;
  private int status;
  private boolean isChunked;
  private boolean isLast;
  private long announced;
  private long remaining;

  HttpResponseReader(Body body) {
    this.body = body;
  }

  void feed(byte[] bytes, int from, int to) throws ProtocolException {
    int at = from;
    while (at < to) {
      switch (part) {
        case SIZED_BODY, CHUNK -> at = passOn(bytes, at, to);
        case BODY_UNTIL_CLOSE -> {
          body.accept(bytes, at, to);
          at = to;
        }
        case CHUNK_SIZE -> readChunkSize(bytes[at++]);
        case CHUNK_EXTENSION -> {
          if (bytes[at++] == '\n') {
            beginChunk();
          }
        }
        case CHUNK_END -> {
          if (bytes[at++] == '\n') {
            part = Part.CHUNK_SIZE;
          }
        }
        case STATUS_LINE, HEADER_LINE, TRAILER_LINE -> readLine(bytes[at++]);
        case COMPLETE ->
            throw new ProtocolException((to - at) + " bytes follow a response that was complete");
      }
    }
  }

  /** Forgets the response that was read; the next bytes begin another. */
  void expectNext() {
    part = Part.STATUS_LINE;
    line.setLength(0);
    status = 0;
  }

  /** The status code, 0 until its line was read. */
  int status() {
    return status;
  }

  boolean isComplete() {
    return part == Part.COMPLETE;
  }

  /** Whether the server closes the connection after this response. */
  boolean isLast() {
    return isLast;
  }

  private int passOn(byte[] bytes, int at, int to) {
    int end = (int) Math.min(to, at + remaining);
    body.accept(bytes, at, end);
    remaining -= end - at;
    if (remaining == 0) {
      part = part == Part.CHUNK ? Part.CHUNK_END : Part.COMPLETE;
    }
    return end;
  }

  private void readChunkSize(byte b) throws ProtocolException {
    int digit = Character.digit(b, 16);
    if (digit >= 0) {
      remaining = remaining * 16 + digit;
    } else if (b == '\n') {
      beginChunk();
    } else if (b == '\r' || b == ';' || b == ' ') {
      part = Part.CHUNK_EXTENSION;
    } else {
      throw new ProtocolException("byte " + b + " where a chunk's size should be");
    }
  }

  private void beginChunk() {
    part = remaining == 0 ? Part.TRAILER_LINE : Part.CHUNK;
  }

  private void readLine(byte b) throws ProtocolException {
    if (b != '\n') {
      if (b != '\r') {
        line.append((char) (b & 0xff));
      }
      if (line.length() > LONGEST_LINE) {
        throw new ProtocolException("a header line of more than " + LONGEST_LINE + " characters");
      }
      return;
    }
    String complete = line.toString();
    line.setLength(0);
    switch (part) {
      case STATUS_LINE -> beginResponse(complete);
      case HEADER_LINE -> readHeader(complete);
      default -> {
        if (complete.isEmpty()) {
          part = Part.COMPLETE;
        }
      }
    }
  }

  private void beginResponse(String statusLine) throws ProtocolException {
    if (!statusLine.matches("HTTP/1\\.[01] \\d{3}( .*)?")) {
      throw new ProtocolException("'" + statusLine + "' where a status line should be");
    }
    status = Integer.parseInt(statusLine, 9, 12, 10);
    isChunked = false;
    isLast = statusLine.startsWith("HTTP/1.0");
    announced = -1;
    remaining = 0;
    part = Part.HEADER_LINE;
  }

  private void readHeader(String header) {
    if (header.isEmpty()) {
      beginBody();
      return;
    }
    String lower = header.toLowerCase(Locale.ROOT);
    String value = lower.substring(lower.indexOf(':') + 1).strip();
    if (lower.startsWith("transfer-encoding:")) {
      isChunked = value.endsWith("chunked");
    } else if (lower.startsWith("content-length:")) {
      announced = Long.parseLong(value);
    } else if (lower.startsWith("connection:")) {
      isLast = value.contains("close");
    }
  }

  private void beginBody() {
    if (status < 200) {
      part = Part.STATUS_LINE;
    } else if (status == 204 || status == 304) {
      part = Part.COMPLETE;
    } else if (isChunked) {
      part = Part.CHUNK_SIZE;
    } else if (announced == 0) {
      part = Part.COMPLETE;
    } else if (announced > 0) {
      remaining = announced;
      part = Part.SIZED_BODY;
    } else {
      isLast = true;
      part = Part.BODY_UNTIL_CLOSE;
    }
  }
}
