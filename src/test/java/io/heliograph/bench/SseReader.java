package io.heliograph.bench;

/**
 * Server-sent events (WHATWG HTML, 9.2.6) as their bytes come in, in pieces of any size.
 *
 * <p>Keeps of a block what the benchmark asks for, in primitives: the event's name (its first eight
 * bytes), the id as a number, and the first two numbers in the data. Nothing is allocated. One
 * thread at a time.
 */
final class SseReader {

  /** Told of each block that had at least one line with a field. */
  @FunctionalInterface
  interface Listener {
    void block(SseReader block);
  }

  private enum Part {
    FIELD,
    SPACE,
    DATA,
    ID,
    EVENT,
    IGNORED
  }

  private static final long DATA = packed("data");
  private static final long ID = packed("id");
  private static final long EVENT = packed("event");

  private final Listener listener;
  private Part part = Part.FIELD;
  private long field;
  private int lineLength;
  private boolean isAfterCr;

  private boolean hasFields;
  private boolean hasData;
  private boolean hasId;
  private long id;
  private long name;
  private int nameLength;
  private long number;
  private boolean isInNumber;
  private int numbers;
  private long first;
  private long second;

  SseReader(Listener listener) {
    this.listener = listener;
  }

  /** The first eight bytes of {@code text} in a number, as {@link #name()} has them. */
  static long packed(String text) {
    long packed = 0;
    for (int at = 0; at < Math.min(Long.BYTES, text.length()); at++) {
      packed = packed << Byte.SIZE | (text.charAt(at) & 0xff);
    }
    return packed;
  }

  void feed(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      byte b = bytes[at];
      if (b == '\n' || b == '\r') {
        at++;
        if (b == '\r' || !isAfterCr) {
          endLine();
        }
        isAfterCr = b == '\r';
        continue;
      }
      isAfterCr = false;
      lineLength++;
      at =
          switch (part) {
            case FIELD -> readField(bytes, at, to);
            case SPACE -> skipSpace(b, at);
            case DATA -> readData(bytes, at, to);
            case ID -> readId(bytes, at, to);
            case EVENT -> readName(bytes, at, to);
            case IGNORED -> skipLine(bytes, at, to);
          };
    }
  }

  /** Forgets what was read of an unfinished block, as a client does whose connection ended. */
  void reset() {
    isAfterCr = false;
    beginLine();
    beginBlock();
  }

  boolean hasData() {
    return hasData;
  }

  boolean hasId() {
    return hasId;
  }

  /** The block's id, if it has one. */
  long id() {
    return id;
  }

  /** The event's name {@linkplain #packed packed}, 0 if it has none. */
  long name() {
    return name;
  }

  /** The first number in the data, 0 if there is none. */
  long first() {
    return first;
  }

  /** The second number in the data, 0 if there is none. */
  long second() {
    return second;
  }

  private int readField(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && bytes[at] != '\n' && bytes[at] != '\r') {
      if (bytes[at] == ':') {
        part = Part.SPACE;
        return at + 1;
      }
      field = field << Byte.SIZE | bytes[at];
      at++;
    }
    return at;
  }

  private int skipSpace(byte b, int at) {
    if (field == DATA) {
      part = Part.DATA;
    } else if (field == ID) {
      part = Part.ID;
      id = 0;
    } else if (field == EVENT) {
      part = Part.EVENT;
      name = 0;
      nameLength = 0;
    } else {
      part = Part.IGNORED;
    }
    return b == ' ' ? at + 1 : at;
  }

  private int readData(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && bytes[at] != '\n' && bytes[at] != '\r') {
      int digit = bytes[at] - '0';
      if (digit >= 0 && digit <= 9) {
        number = isInNumber ? number * 10 + digit : digit;
        isInNumber = true;
      } else if (isInNumber) {
        endNumber();
      }
      at++;
    }
    return at;
  }

  private void endNumber() {
    isInNumber = false;
    numbers++;
    if (numbers == 1) {
      first = number;
    } else if (numbers == 2) {
      second = number;
    }
  }

  private int readId(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && bytes[at] != '\n' && bytes[at] != '\r') {
      id = id * 10 + (bytes[at] - '0');
      at++;
    }
    return at;
  }

  private int readName(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && bytes[at] != '\n' && bytes[at] != '\r') {
      if (nameLength++ < Long.BYTES) {
        name = name << Byte.SIZE | bytes[at];
      }
      at++;
    }
    return at;
  }

  private static int skipLine(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && bytes[at] != '\n' && bytes[at] != '\r') {
      at++;
    }
    return at;
  }

  private void endLine() {
    if (lineLength == 0) {
      endBlock();
      return;
    }
    if (isInNumber) {
      endNumber();
    }
    if (field == DATA) {
      hasData = true;
    } else if (field == ID) {
      hasId = true;
    }
    hasFields |= field != 0;
    beginLine();
  }

  private void endBlock() {
    if (hasFields) {
      listener.block(this);
      beginBlock();
    }
  }

  private void beginLine() {
    part = Part.FIELD;
    field = 0;
    lineLength = 0;
    isInNumber = false;
  }

  private void beginBlock() {
    hasFields = false;
    hasData = false;
    hasId = false;
    name = 0;
    nameLength = 0;
    numbers = 0;
    first = 0;
    second = 0;
  }
}
