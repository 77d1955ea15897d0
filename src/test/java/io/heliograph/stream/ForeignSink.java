package io.heliograph.stream;

import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The container's own sink, as the hub sees one. */
final class ForeignSink implements SseEventSink {
  final List<OutboundSseEvent> got = new ArrayList<>();
  @Nullable RuntimeException refusal;
  @Nullable Throwable failure;
  Runnable whenGiven = () -> {};
  private boolean isClosed;

  @Override
  public boolean isClosed() {
    return isClosed;
  }

  @Override
  public CompletionStage<?> send(OutboundSseEvent event) {
    if (refusal != null) {
      throw refusal;
    }
    if (failure != null) {
      return CompletableFuture.failedFuture(failure);
    }
    got.add(event);
    whenGiven.run();
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {
    isClosed = true;
  }

  List<String> ids() {
    return got.stream().map(OutboundSseEvent::getId).toList();
  }
}
