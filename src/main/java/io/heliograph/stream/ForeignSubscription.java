package io.heliograph.stream;

import io.heliograph.event.Event;
import io.heliograph.event.EventId;
import io.heliograph.log.EventLog;
import io.heliograph.log.LogUnavailableException;
import io.heliograph.log.Page;
import io.heliograph.metrics.GapReason;
import io.heliograph.metrics.HubMetrics;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A sink that is not the hub's own, such as the container's: it is given events one after another
 * on a pool, because sending to it may block, and reads them from the log, because it is not worth
 * a place in the ring's format.
 *
 * <p>A cursor like any other subscriber. Whoever raises the work counter from zero serves it until
 * nothing is left, so at most one thread does.
 */
final class ForeignSubscription implements Attachment, Channel.Registered {
  private static final int PAGE_EVENTS = 64;

  /** How soon a log out of reach is asked again. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Channel channel;
  private final SseEventSink sink;
  private final EventLog log;
  private final HubMetrics metrics;
  private final Supplier<EventId> applied;
  private final Executor blocking;
  private final TimingWheel wheel;
  private final int shard;
  private final AtomicInteger work = new AtomicInteger();

  /** Its end was told: by the broadcaster that closed, or because it broke, whichever was first. */
  private final AtomicBoolean hasLeft = new AtomicBoolean();

  private EventId cursor = EventId.NONE;

  ForeignSubscription(
      Channel channel,
      SseEventSink sink,
      EventLog log,
      HubMetrics metrics,
      Supplier<EventId> applied,
      Executor blocking,
      TimingWheel wheel,
      int shard) {
    this.channel = channel;
    this.sink = sink;
    this.log = log;
    this.metrics = metrics;
    this.applied = applied;
    this.blocking = blocking;
    this.wheel = wheel;
    this.shard = shard;
    // Held until begin() has set the cursor; a wake in between only leaves word.
    work.set(1);
  }

  void begin(EventId from) {
    cursor = from;
    blocking.execute(this::serve);
  }

  @Override
  public void wake() {
    if (work.getAndIncrement() == 0) {
      blocking.execute(this::serve);
    }
  }

  @Override
  public int shard() {
    return shard;
  }

  @Override
  public SseEventSink sink() {
    return sink;
  }

  private void serve() {
    int missed;
    do {
      missed = work.get();
      try {
        sendAll();
      } catch (LogUnavailableException e) {
        // It stays where it is. The follower says so in the log, once, with its cause.
        wheel.after(RETRY, this::wake);
      } catch (RuntimeException e) {
        work.set(1);
        leave(e);
        return;
      }
    } while (work.addAndGet(-missed) != 0);
  }

  private void sendAll() {
    EventId until = applied.get();
    while (until.isAfter(cursor) && !channel.isClosed()) {
      Page page = log.read(channel.view(), cursor, PAGE_EVENTS);
      if (page.from().isAfter(cursor)) {
        deliver(channel.encoder().trimmedGap(cursor, page.from()));
        metrics.gap(GapReason.TRIMMED);
        cursor = page.from();
      }
      for (Event event : page.events()) {
        if (channel.isClosed()) {
          return;
        }
        deliver(channel.encoder().logEvent(event));
        cursor = event.id();
      }
      cursor = EventId.max(cursor, page.through());
    }
  }

  private void deliver(OutboundSseEvent event) {
    if (sink.isClosed()) {
      throw new IllegalStateException("the sink was closed by its owner");
    }
    sink.send(event).toCompletableFuture().join();
  }

  @Override
  public CompletionStage<?> send(OutboundSseEvent event) {
    return CompletableFuture.runAsync(
        () -> sink.send(event).toCompletableFuture().join(), blocking);
  }

  @Override
  public void released(boolean isClosing) {
    channel.detach(this);
    if (isClosing && hasLeft.compareAndSet(false, true)) {
      sink.close();
      channel.closed(sink);
    }
  }

  private void leave(RuntimeException reason) {
    channel.detach(this);
    if (!hasLeft.compareAndSet(false, true)) {
      return;
    }
    if (!sink.isClosed()) {
      channel.failed(sink, reason);
      sink.close();
    }
    channel.closed(sink);
  }
}
