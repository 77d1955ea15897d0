package io.heliograph.history;

import io.heliograph.access.Caller;
import io.heliograph.access.InvalidCredentialException;
import io.heliograph.event.Event;
import io.heliograph.event.EventId;
import io.heliograph.log.EventLog;
import io.heliograph.log.LogUnavailableException;
import io.heliograph.metrics.GapReason;
import io.heliograph.metrics.HubMetrics;
import io.heliograph.stream.Arrivals;
import io.heliograph.stream.Peer;
import io.heliograph.stream.ReadParameters;
import io.heliograph.stream.RefusedConnectionException;
import io.heliograph.stream.StreamPolicies;
import io.heliograph.stream.StreamPolicy;
import io.heliograph.stream.StreamPolicy.ReplayLost;
import io.heliograph.stream.UnknownStreamException;
import io.heliograph.stream.Visibility;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

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
  private final InstantSource clock;

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
    this(log, streams, arrivals, metrics, executor, System::nanoTime, InstantSource.system());
  }

  History(
      EventLog log,
      StreamPolicies streams,
      Arrivals arrivals,
      HubMetrics metrics,
      Executor executor,
      LongSupplier nanoTime,
      InstantSource clock) {
    this.log = log;
    this.streams = streams;
    this.arrivals = arrivals;
    this.metrics = metrics;
    this.executor = executor;
    this.nanoTime = nanoTime;
    this.clock = clock;
  }

  /**
   * The page that {@code query} asks for, as far as {@code peer} sees it. Fails with {@link
   * LogUnavailableException}, with {@link RejectedExecutionException} if too many ask, with {@link
   * RefusedConnectionException} if it had to wait and too many do, and with {@link
   * InvalidCredentialException} if the caller's credential ended while it waited.
   *
   * @throws UnknownStreamException if nobody declared the stream
   * @throws io.heliograph.access.NotAuthenticatedException see {@link Visibility#of}
   * @throws io.heliograph.access.ForbiddenException likewise
   */
  CompletionStage<HistoryPage> page(HistoryQuery query, Peer peer) {
    StreamPolicy policy = streams.require(query.view().stream());
    Caller caller = peer.caller();
    HistoryQuery permitted = query.withView(Visibility.of(query.view(), policy, caller));
    long deadline = nanoTime.getAsLong() + longestWait(query, caller).toNanos();
    return new Ask(permitted, peer, deadline)
        .begin(policy)
        .thenApply(page -> stillFor(caller, page));
  }

  /** No longer than the caller's credential lasts. */
  private Duration longestWait(HistoryQuery query, Caller caller) {
    Instant expires = caller.credential().expires();
    if (expires == null) {
      return query.longestWait();
    }
    Duration left = Duration.between(clock.instant(), expires);
    Duration within = left.isNegative() ? Duration.ZERO : left;
    return within.compareTo(query.longestWait()) < 0 ? within : query.longestWait();
  }

  /**
   * {@code page} if the caller's credential has not ended meanwhile: whoever wakes is not exact.
   */
  private HistoryPage stillFor(Caller caller, HistoryPage page) {
    Instant expires = caller.credential().expires();
    if (expires != null && !clock.instant().isBefore(expires)) {
      throw new InvalidCredentialException(
          "the credential ended at " + expires + ", before there was an answer; renew it");
    }
    return page;
  }

  /**
   * The event numbered {@code id} if it is kept and {@code caller} sees it. Whether it does not
   * exist or is not to be seen, and whether {@code id} is a number at all, makes no difference:
   * empty, or a failure with what {@link Visibility#requireReader} says of the caller.
   */
  CompletionStage<Optional<Event>> find(String id, Caller caller) {
    CompletableFuture<Optional<Event>> answer = new CompletableFuture<>();
    execute(
        answer,
        () -> {
          Optional<Event> event =
              EventId.parse(id).flatMap(log::find).filter(found -> isVisible(found, caller));
          if (event.isEmpty()) {
            Visibility.requireReader(streams.all(), caller);
          }
          answer.complete(event);
        });
    return answer;
  }

  private boolean isVisible(Event event, Caller caller) {
    return streams
        .find(event.stream())
        .filter(policy -> Visibility.maySee(event, policy, caller))
        .isPresent();
  }

  private HistoryPage begin(HistoryQuery query, StreamPolicy policy) {
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

  /** One request for a page, until there is one. */
  private final class Ask {
    private final HistoryQuery query;
    private final Peer peer;
    private final long deadline;
    private final CompletableFuture<HistoryPage> answer = new CompletableFuture<>();

    /** Kept from the first wait to the answer; null if there was none. */
    private volatile Arrivals.@Nullable Place place;

    Ask(HistoryQuery query, Peer peer, long deadline) {
      this.query = query;
      this.peer = peer;
      this.deadline = deadline;
    }

    CompletionStage<HistoryPage> begin(StreamPolicy policy) {
      // Before anybody hears of the answer: who asks anew at once needs the place again.
      CompletionStage<HistoryPage> released =
          answer.whenComplete((page, failure) -> releasePlace());
      execute(answer, () -> answerOrWait(History.this.begin(query, policy), policy));
      return released;
    }

    private void answerOrWait(HistoryPage page, StreamPolicy policy) {
      long remainingNanos = deadline - nanoTime.getAsLong();
      if (!page.events().isEmpty()
          || page.gap() != null
          || !page.isAtEnd()
          || remainingNanos <= 0) {
        answer.complete(page);
        return;
      }
      boolean isWaiting =
          place(policy)
              .onNext(
                  query.view(),
                  page.next(),
                  Duration.ofNanos(remainingNanos),
                  () -> execute(answer, () -> lookAgain(page.next())));
      if (!isWaiting) {
        answer.complete(page);
      }
    }

    private void lookAgain(EventId position) {
      StreamPolicy policy = streams.require(query.view().stream());
      answerOrWait(goOn(query, policy, position), policy);
    }

    private Arrivals.Place place(StreamPolicy policy) {
      Arrivals.Place known = place;
      if (known == null) {
        known = arrivals.admit(policy, peer);
        place = known;
      }
      return known;
    }

    private void releasePlace() {
      Arrivals.Place held = place;
      if (held != null) {
        held.release();
      }
    }
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
