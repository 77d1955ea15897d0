package io.heliograph.publish;

import com.fasterxml.jackson.core.JsonToken;
import io.heliograph.access.ForbiddenException;
import io.heliograph.body.ContentType;
import io.heliograph.body.JsonBody;
import io.heliograph.body.RefusedRequestException;
import io.heliograph.body.RefusedRequestException.Reason;
import io.heliograph.body.Utf8;
import io.heliograph.event.EventTooLargeException;
import io.heliograph.event.InvalidEventException;
import io.heliograph.log.Publication;
import io.heliograph.log.Publication.IdempotencyKey;
import io.heliograph.log.Publication.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Reads a request's body, in whichever of its formats, into what is to be stored. */
final class PublicationReader {
  /**
   * Events in one request: what the appender carries in one transaction without delay to others.
   */
  static final int EVENTS_LIMIT = 1000;

  private static final String FORMATS =
      "application/json, application/x-ndjson, application/cloudevents+json,"
          + " application/cloudevents-batch+json, or any type with CloudEvents' ce- headers";

  /** One event of one format. */
  @FunctionalInterface
  private interface Format {
    Received read(JsonBody json, PublishRequest request);
  }

  private final PublishRequest request;
  private final byte[] body;
  private final int start;
  private final List<Received> events = new ArrayList<>();

  private PublicationReader(PublishRequest request, byte[] body) {
    this.request = request;
    this.body = body;
    this.start = startsWithByteOrderMark(body) ? 3 : 0;
  }

  /**
   * Does nothing if bodies of {@code request}'s content type are read here; asked before any is.
   *
   * @throws RefusedRequestException if not, and for forms, whose bodies JAX-RS runtimes read
   *     themselves
   */
  static void requireFormat(PublishRequest request) {
    ContentType type = ContentType.parse(request.contentType());
    boolean isRead =
        switch (type.mediaType()) {
          case "application/json",
              "application/x-ndjson",
              "application/cloudevents+json",
              "application/cloudevents-batch+json" ->
              true;
          case "application/x-www-form-urlencoded", "multipart/form-data" -> false;
          default -> request.isBinaryCloudEvent();
        };
    if (!isRead) {
      throw unsupported(type);
    }
  }

  /**
   * What {@code request} with {@code body} publishes.
   *
   * @throws RefusedRequestException if the body is not what its content type says, over a limit, or
   *     holds an event of a batch that does not fit
   * @throws InvalidEventException if the one event does not fit
   * @throws EventTooLargeException if the one event's data is too large
   * @throws ForbiddenException if an event is for a tenant that the caller may not publish for
   */
  static Submission read(PublishRequest request, byte[] body) {
    return new PublicationReader(request, body).read();
  }

  private Submission read() {
    ContentType type = ContentType.parse(request.contentType());
    boolean isBatch =
        switch (type.mediaType()) {
          case "application/cloudevents+json" -> readOne(type, CloudEventReader::read);
          case "application/cloudevents-batch+json" -> readArray(type, CloudEventReader::read);
          default -> request.isBinaryCloudEvent() ? readBinary() : readOwn(type);
        };
    return new Submission(publication(), isBatch);
  }

  private boolean readOwn(ContentType type) {
    return switch (type.mediaType()) {
      case "application/json" -> readOneOrArray(type);
      case "application/x-ndjson" -> readLines(type);
      default -> throw unsupported(type);
    };
  }

  private static RefusedRequestException unsupported(ContentType type) {
    return new RefusedRequestException(
        Reason.UNSUPPORTED_TYPE,
        (type.mediaType().isEmpty()
                ? "no Content-Type was given"
                : "Content-Type '" + JsonBody.shown(type.mediaType()) + "' is not read here")
            + "; send "
            + FORMATS);
  }

  private boolean readBinary() {
    events.add(CloudEventReader.readBinary(body, request));
    return false;
  }

  private boolean readOneOrArray(ContentType type) {
    requireUtf8(type);
    try (JsonBody json = new JsonBody(body, start, body.length, 0)) {
      boolean isBatch = json.next() == JsonToken.START_ARRAY;
      if (isBatch) {
        readElements(json, EventReader::read);
      } else {
        requireObject(json, "an object or an array of objects");
        events.add(EventReader.read(json, request));
      }
      json.requireEnd();
      return isBatch;
    }
  }

  private boolean readOne(ContentType type, Format format) {
    requireUtf8(type);
    try (JsonBody json = new JsonBody(body, start, body.length, 0)) {
      json.next();
      requireObject(json, "an object");
      events.add(format.read(json, request));
      json.requireEnd();
      return false;
    }
  }

  private boolean readArray(ContentType type, Format format) {
    requireUtf8(type);
    try (JsonBody json = new JsonBody(body, start, body.length, 0)) {
      if (json.next() != JsonToken.START_ARRAY) {
        throw wrongBody(json, "an array of objects");
      }
      readElements(json, format);
      json.requireEnd();
      return true;
    }
  }

  private void readElements(JsonBody json, Format format) {
    while (json.next() != JsonToken.END_ARRAY) {
      addNumbered(json, format);
    }
    requireSome();
  }

  private boolean readLines(ContentType type) {
    requireUtf8(type);
    int line = 0;
    int from = start;
    while (from < body.length) {
      int to = from;
      while (to < body.length && body[to] != '\n') {
        to++;
      }
      if (!isBlank(from, to)) {
        try (JsonBody json = new JsonBody(body, from, to, line)) {
          json.next();
          addNumbered(json, EventReader::read);
          json.requireEnd();
        }
      }
      from = to + 1;
      line++;
    }
    requireSome();
    return true;
  }

  private void addNumbered(JsonBody json, Format format) {
    if (events.size() == EVENTS_LIMIT) {
      throw new RefusedRequestException(
          Reason.TOO_LARGE,
          "more than " + EVENTS_LIMIT + " events were given; publish in smaller batches");
    }
    events.add(
        numbered(
            () -> {
              requireObject(json, "an object");
              return format.read(json, request);
            }));
  }

  /** Says of what a batch's event is refused for which event it was. */
  private Received numbered(Supplier<Received> event) {
    String prefix = "event " + events.size() + " (counted from 0): ";
    try {
      return event.get();
    } catch (InvalidEventException e) {
      throw new RefusedRequestException(Reason.INVALID, prefix + e.getMessage());
    } catch (EventTooLargeException e) {
      throw new RefusedRequestException(Reason.TOO_LARGE, prefix + e.getMessage());
    } catch (RefusedRequestException e) {
      throw new RefusedRequestException(e.reason(), prefix + e.getMessage());
    } catch (ForbiddenException e) {
      throw new ForbiddenException(prefix + e.getMessage());
    }
  }

  private Publication publication() {
    IdempotencyKey key = request.idempotencyKeyFor(body);
    if (key != null || events.stream().allMatch(event -> event.key() == null)) {
      return new Publication(List.of(new Part(events.stream().map(Received::draft).toList(), key)));
    }
    return new Publication(
        events.stream().map(event -> new Part(List.of(event.draft()), event.key())).toList());
  }

  private void requireUtf8(ContentType type) {
    if (!type.isUtf8()) {
      throw new RefusedRequestException(
          Reason.UNSUPPORTED_TYPE,
          "charset '" + JsonBody.shown(type.charset()) + "' is not read here; send UTF-8");
    }
    Utf8.require(body);
  }

  private void requireSome() {
    if (events.isEmpty()) {
      throw new RefusedRequestException(Reason.INVALID, "no event was given");
    }
  }

  private static void requireObject(JsonBody json, String expected) {
    if (!json.isAtObject()) {
      throw wrongBody(json, expected);
    }
  }

  private static RefusedRequestException wrongBody(JsonBody json, String expected) {
    String seen = json.seen();
    return json.isOver()
        ? new RefusedRequestException(Reason.MALFORMED, "the body is empty; send " + expected)
        : new RefusedRequestException(Reason.INVALID, seen + " was given, it takes " + expected);
  }

  private boolean isBlank(int from, int to) {
    for (int i = from; i < to; i++) {
      if (body[i] != ' ' && body[i] != '\t' && body[i] != '\r') {
        return false;
      }
    }
    return true;
  }

  /** Which some editors and shells write before UTF-8, and RFC 8259, 8.1, lets a reader ignore. */
  private static boolean startsWithByteOrderMark(byte[] body) {
    return body.length >= 3
        && body[0] == (byte) 0xEF
        && body[1] == (byte) 0xBB
        && body[2] == (byte) 0xBF;
  }
}
