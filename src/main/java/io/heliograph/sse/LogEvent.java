package io.heliograph.sse;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseEvent;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * An event of the log as JAX-RS sees one, for sinks that are not the hub's own.
 *
 * @param id null for one that leaves the client's position alone
 * @param name null for {@code message}, as browsers call it
 */
public record LogEvent(@Nullable String id, @Nullable String name, String data)
    implements OutboundSseEvent {
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
    return null;
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
    return String.class;
  }

  @Override
  public Type getGenericType() {
    return String.class;
  }

  @Override
  public MediaType getMediaType() {
    return MediaType.TEXT_PLAIN_TYPE;
  }

  @Override
  public Object getData() {
    return data;
  }
}
