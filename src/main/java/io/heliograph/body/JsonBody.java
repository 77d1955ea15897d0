package io.heliograph.body;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import io.heliograph.body.RefusedRequestException.Reason;
import io.heliograph.event.EventData;
import io.heliograph.event.EventTooLargeException;
import io.heliograph.event.InvalidEventException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * JSON text (RFC 8259), walked token by token. Where it is not JSON, any method refuses it with a
 * {@link RefusedRequestException} that says where; where a value is not what a field takes, with an
 * {@link InvalidEventException} that names the field.
 */
public final class JsonBody implements AutoCloseable {
  /** Levels of arrays and objects in a body. Deeper ones are an attack on whoever parses them. */
  public static final int NESTING_LIMIT = 100;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          // Only depth is limited here; a number or name may be as long as the body.
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(NESTING_LIMIT)
                  .maxNumberLength(BodyReader.LIMIT_BYTES)
                  .maxNameLength(BodyReader.LIMIT_BYTES)
                  .maxStringLength(BodyReader.LIMIT_BYTES)
                  .build())
          // Two readers of a duplicated field can see two different events.
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          // A body of NULs and ASCII would be taken for UTF-16, and offsets would be lost.
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          // Strangers' field names do not belong into the JVM's table of strings.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          // The default pool hangs in the container's threads and outlives a redeployment.
          .recyclerPool(JsonRecyclerPools.newBoundedPool(16))
          .build();

  /** Jackson's way to name its input, which says nothing to a publisher. */
  private static final String SOURCE = "\\[Source: [^;\\]]*; ";

  /** A stranger's text within a message. */
  private static final int SHOWN_CHARACTERS = 64;

  private final byte[] bytes;
  private final int offset;
  private final int linesBefore;
  private final JsonParser parser;

  /**
   * The JSON text in {@code bytes} from {@code from} to before {@code to}.
   *
   * @param linesBefore how many lines of the body came before it
   */
  public JsonBody(byte[] bytes, int from, int to, int linesBefore) {
    this.bytes = bytes;
    this.offset = from;
    this.linesBefore = linesBefore;
    try {
      this.parser = FACTORY.createParser(bytes, from, to - from);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Goes to the next token, or null at the end. */
  public @Nullable JsonToken next() {
    try {
      return parser.nextToken();
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  public boolean isAtObject() {
    return parser.currentToken() == JsonToken.START_OBJECT;
  }

  /** Whether there was nothing, or nothing more. */
  public boolean isOver() {
    return parser.currentToken() == null;
  }

  /** Goes to the next field of the object that was begun; false at its end. */
  public boolean nextField() {
    return next() == JsonToken.FIELD_NAME;
  }

  /** The name of the field that {@link #nextField} came to, before its value is gone to. */
  public String name() {
    try {
      return parser.currentName();
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /** Refuses whatever follows the value that was read. */
  public void requireEnd() {
    if (next() != null) {
      throw new RefusedRequestException(
          Reason.MALFORMED,
          "something follows the JSON value" + place(parser.currentTokenLocation()));
    }
  }

  /** The current value as the very bytes that were sent; goes to its end. */
  public EventData raw() {
    try {
      long from = parser.currentTokenLocation().getByteOffset();
      if (parser.currentToken().isStructStart()) {
        parser.skipChildren();
      } else {
        parser.finishToken();
      }
      long to = parser.currentLocation().getByteOffset();
      if (to - from > EventData.LIMIT_BYTES) {
        throw new EventTooLargeException(to - from);
      }
      return EventData.of(Arrays.copyOfRange(bytes, offset + (int) from, offset + (int) to));
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /** The current value as a string; null where it is null. */
  public @Nullable String text(String field) {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token != JsonToken.VALUE_STRING) {
      throw wrongType(field, "a string");
    }
    return token();
  }

  /** The current value as true or false; false where it is null. */
  public boolean flag(String field) {
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE, VALUE_NULL -> false;
      default -> throw wrongType(field, "true or false");
    };
  }

  /** The current value as an array of strings, {@code limit} at most; none where it is null. */
  public List<String> texts(String field, int limit) {
    List<String> texts = new ArrayList<>();
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return texts;
    }
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw wrongType(field, "an array of strings");
    }
    while (next() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        throw wrongType(field, "an array of strings");
      }
      if (texts.size() == limit) {
        throw new InvalidEventException(field, "more than " + limit + " were given");
      }
      texts.add(token());
    }
    return texts;
  }

  /** The current value as text, where it is a string, a whole number, true or false. */
  public @Nullable String simple(String field) {
    return switch (parser.currentToken()) {
      case VALUE_NULL -> null;
      case VALUE_STRING, VALUE_NUMBER_INT, VALUE_TRUE, VALUE_FALSE -> token();
      default -> throw wrongType(field, "a string, a whole number, true or false");
    };
  }

  /** Refuses the current value, which should have been {@code expected}. */
  public InvalidEventException wrongType(String field, String expected) {
    return new InvalidEventException(field, "takes " + expected + ", " + seen() + " was given");
  }

  /** What the current value is, in words. */
  public String seen() {
    JsonToken token = parser.currentToken();
    return token == null
        ? "nothing"
        : switch (token) {
          case START_OBJECT -> "an object";
          case START_ARRAY -> "an array";
          case VALUE_STRING -> "a string";
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
          default -> token.name().replace("VALUE_", "").toLowerCase(Locale.ROOT);
        };
  }

  /** {@code text}, short enough for a message. */
  public static String shown(String text) {
    return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "...";
  }

  @Override
  public void close() {
    try {
      parser.close();
    } catch (IOException e) {
      // Closing what reads from memory only gives its buffers back.
      throw new UncheckedIOException(e);
    }
  }

  private String token() {
    try {
      return parser.getText();
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  private RefusedRequestException malformed(IOException failure) {
    if (!(failure instanceof JsonProcessingException json)) {
      throw new UncheckedIOException(failure);
    }
    String what;
    if (json instanceof StreamConstraintsException) {
      what = "it is nested deeper than " + NESTING_LIMIT + " levels";
    } else if (json.getOriginalMessage().startsWith("Unexpected end-of-input")) {
      what = "it ends unfinished";
    } else {
      what = json.getOriginalMessage().replaceAll(SOURCE, "[");
    }
    return new RefusedRequestException(
        Reason.MALFORMED, "the body is not JSON: " + what + place(json.getLocation()));
  }

  private String place(@Nullable JsonLocation location) {
    return location == null
        ? ""
        : " (line "
            + (linesBefore + location.getLineNr())
            + ", column "
            + location.getColumnNr()
            + ")";
  }
}
