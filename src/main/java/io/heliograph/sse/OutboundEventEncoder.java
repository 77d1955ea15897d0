package io.heliograph.sse;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.ext.MessageBodyWriter;
import jakarta.ws.rs.ext.Providers;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A JAX-RS {@code OutboundSseEvent} as bytes: comment, retry, id, name and data, with the data
 * written by the runtime's {@code MessageBodyWriter} for its class and media type, as JAX-RS wants.
 *
 * <p>Any thread.
 */
public final class OutboundEventEncoder {
  private static final Annotation[] NO_ANNOTATIONS = {};

  private final @Nullable Providers providers;

  /**
   * @param providers the runtime's writers; without them only text, numbers and bytes can be
   *     written
   */
  public OutboundEventEncoder(@Nullable Providers providers) {
    this.providers = providers;
  }

  /**
   * @throws IOException if the writer failed
   * @throws IllegalArgumentException if a name or id holds a line break or NUL, or nothing can
   *     write the data
   */
  byte[] encode(OutboundSseEvent event) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    String comment = event.getComment();
    if (comment != null) {
      byte[] bytes = SseEncoder.comment(comment);
      block.write(bytes, 0, bytes.length - 1);
    }
    if (event.getReconnectDelay() != SseEvent.RECONNECT_NOT_SET) {
      byte[] bytes = SseEncoder.retry(Duration.ofMillis(event.getReconnectDelay()));
      block.write(bytes, 0, bytes.length - 1);
    }
    field(block, "id: ", event.getId());
    Object data = event.getData();
    if (data == null) {
      field(block, "event: ", event.getName());
      block.write('\n');
    } else {
      String name = event.getName();
      requireOneLine(name);
      block.write(SseEncoder.event(null, name, dataOf(event, data)));
    }
    return block.toByteArray();
  }

  private byte[] dataOf(OutboundSseEvent event, Object data) throws IOException {
    if (data instanceof byte[] bytes) {
      return bytes;
    }
    if (data instanceof CharSequence || data instanceof Number || data instanceof Boolean) {
      return data.toString().getBytes(StandardCharsets.UTF_8);
    }
    return written(event.getType(), event.getGenericType(), event.getMediaType(), data);
  }

  private <T> byte[] written(
      Class<T> declared, @Nullable Type generic, @Nullable MediaType given, Object data)
      throws IOException {
    MediaType mediaType = given == null ? MediaType.TEXT_PLAIN_TYPE : given;
    Class<T> type = declared;
    Type genericType = generic == null ? type : generic;
    MessageBodyWriter<T> writer =
        providers == null
            ? null
            : providers.getMessageBodyWriter(type, genericType, NO_ANNOTATIONS, mediaType);
    if (writer == null) {
      throw new IllegalArgumentException(
          "no MessageBodyWriter takes "
              + type.getName()
              + " as "
              + mediaType.getType()
              + "/"
              + mediaType.getSubtype()
              + "; give text, or register one");
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writer.writeTo(
        type.cast(data),
        type,
        genericType,
        NO_ANNOTATIONS,
        mediaType,
        new MultivaluedHashMap<>(),
        bytes);
    return bytes.toByteArray();
  }

  private static void field(ByteArrayOutputStream block, String field, @Nullable String value) {
    if (value != null) {
      requireOneLine(value);
      block.writeBytes((field + value + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void requireOneLine(@Nullable String value) {
    if (value != null && value.chars().anyMatch(c -> c == '\n' || c == '\r' || c == 0)) {
      throw new IllegalArgumentException(
          "an SSE name or id holds a line break or NUL; it would become another field");
    }
  }
}
