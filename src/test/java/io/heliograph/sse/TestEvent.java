package io.heliograph.sse;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseEvent;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** An event as an application would build it. */
public record TestEvent(
    @Nullable String id, @Nullable String name, @Nullable String comment, @Nullable Object data)
    implements OutboundSseEvent {

  public static TestEvent of(String name, String data) {
    return new TestEvent(null, name, null, data);
  }

  @Override
  public @Nullable String getId() {
    return id;
  }

  @Override
  public @Nullable String getName() {
    return name;
  }

  @Override
  public @Nullable String getComment() {
    return comment;
  }

  @Override
  public long getReconnectDelay() {
    return SseEvent.RECONNECT_NOT_SET;
  }

  @Override
  public boolean isReconnectDelaySet() {
    return false;
  }

  @Override
  public Class<?> getType() {
    return data == null ? Object.class : data.getClass();
  }

  @Override
  public Type getGenericType() {
    return getType();
  }

  @Override
  public MediaType getMediaType() {
    return MediaType.TEXT_PLAIN_TYPE;
  }

  @Override
  public @Nullable Object getData() {
    return data;
  }
}
