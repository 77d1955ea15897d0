package io.heliograph.history;

import io.heliograph.event.Event;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import io.heliograph.log.EventLog;
import io.heliograph.log.LogUnavailableException;
import io.heliograph.metrics.GapReason;
import io.heliograph.metrics.HubMetrics;
import io.heliograph.stream.ReadParameters;
import io.heliograph.stream.StreamPolicies;
import io.heliograph.stream.StreamPolicy;
import io.heliograph.stream.StreamPolicy.ReplayLost;
import io.heliograph.stream.UnknownStreamException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;

/**
 * Reads the log for those who ask. Any thread may call; the log is read, and answers are completed,
 * on the executor. Who waits for an event holds no thread.
 */
public final class History {
  private final EventLog log;
  private final StreamPolicies streams;
  private final Arrivals arrivals;
  private final HubMetrics metrics;
  private final Executor executor;
  private final LongSupplier nanoTime;

  /**
   * @param executor whose threads may wait for the database; they never wait for a socket, so
   *     {@link Answers} has threads of its own
   */
  public History(
      EventLog log,
      StreamPolicies streams,
      Arrivals arrivals,
      HubMetrics metrics,
      Executor executor) {
    this(log, streams, arrivals, metrics, executor, System::nanoTime);
  }

  History(
      EventLog log,
      StreamPolicies streams,
      Arrivals arrivals,
      HubMetrics metrics,
      Executor executor,
      LongSupplier nanoTime) {
    this.log = log;
    this.streams = streams;
    this.arrivals = arrivals;
    this.metrics = metrics;
    this.executor = executor;
    this.nanoTime = nanoTime;
  }

  /**
   * The page that {@code query} asks for. Fails with {@link UnknownStreamException}, {@link
   * LogUnavailableException} or, if too many ask, {@link RejectedExecutionException}.
   */
  CompletionStage<HistoryPage> page(HistoryQuery query) {
    CompletableFuture<HistoryPage> answer = new CompletableFuture<>();
    long deadline = nanoTime.getAsLong() + query.longestWait().toNanos();
    execute(answer, () -> answerOrWait(query, begin(query), deadline, answer));
    return answer;
  }

  /** The event numbered {@code id} if it is kept and its stream is declared. */
  CompletionStage<Optional<Event>> find(EventId id) {
    CompletableFuture<Optional<Event>> answer = new CompletableFuture<>();
    execute(answer, () -> answer.complete(log.find(id).filter(this::isVisible)));
    return answer;
  }

  private boolean isVisible(Event event) {
    return streams.find(event.stream()).isPresent() && View.of(event.stream()).accepts(event);
  }

  private HistoryPage begin(HistoryQuery query) {
    StreamPolicy policy = streams.require(query.view().stream());
    String after = query.after();
    if (after == null) {
      return read(query, query.since() == null ? EventId.NONE : log.positionAt(query.since()));
    }
    EventId position = EventId.parse(after).orElse(null);
    if (EventId.NONE.equals(position)) {
      // Before every event: nobody was told so, and nothing can be missing of it.
      return read(query, EventId.NONE);
    }
    if (position == null || !log.isKnown(position)) {
      return lost(query, policy, GapReason.UNKNOWN, ReadParameters.shown(after));
    }
    return goOn(query, policy, position);
  }

  /** What follows a position that this log gave, or the gap if that is no longer all there. */
  private HistoryPage goOn(HistoryQuery query, StreamPolicy policy, EventId position) {
    HistoryPage page = read(query, position);
    return page.from().isAfter(position)
        ? lost(query, policy, GapReason.TRIMMED, position.toString())
        : page;
  }

  private HistoryPage lost(
      HistoryQuery query, StreamPolicy policy, GapReason reason, String requested) {
    metrics.gap(reason);
    if (policy.replayLost() == ReplayLost.FRESH) {
      EventId head = log.head();
      return new HistoryPage(List.of(), head, head, new Gap(reason, requested, head), true);
    }
    HistoryPage page = read(query, EventId.NONE);
    return page.with(new Gap(reason, requested, page.from()));
  }

  private HistoryPage read(HistoryQuery query, EventId position) {
    return new PageReader(log, query).read(position);
  }

  private void answerOrWait(
      HistoryQuery query, HistoryPage page, long deadline, CompletableFuture<HistoryPage> answer) {
    long remainingNanos = deadline - nanoTime.getAsLong();
    if (!page.events().isEmpty() || page.gap() != null || !page.isAtEnd() || remainingNanos <= 0) {
      answer.complete(page);
      return;
    }
    boolean isWaiting =
        arrivals.onNext(
            query.view(),
            page.next(),
            Duration.ofNanos(remainingNanos),
            () -> execute(answer, () -> lookAgain(query, page.next(), deadline, answer)));
    if (!isWaiting) {
      answer.complete(page);
    }
  }

  private void lookAgain(
      HistoryQuery query, EventId position, long deadline, CompletableFuture<HistoryPage> answer) {
    StreamPolicy policy = streams.require(query.view().stream());
    answerOrWait(query, goOn(query, policy, position), deadline, answer);
  }

  private void execute(CompletableFuture<?> answer, Runnable act) {
    try {
      executor.execute(
          () -> {
            try {
              act.run();
            } catch (RuntimeException | Error e) {
              answer.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      answer.completeExceptionally(e);
    }
  }
}
