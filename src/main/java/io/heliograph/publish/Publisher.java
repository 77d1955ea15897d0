package io.heliograph.publish;

import io.heliograph.access.ForbiddenException;
import io.heliograph.body.RefusedRequestException;
import io.heliograph.body.RefusedRequestException.Reason;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import io.heliograph.event.InvalidEventException;
import io.heliograph.log.LogUnavailableException;
import io.heliograph.log.OutcomeUnknownException;
import io.heliograph.log.Publication;
import io.heliograph.log.Receipt;
import io.heliograph.metrics.HubMetrics;
import io.heliograph.stream.StreamPolicies;
import io.heliograph.stream.UnknownStreamException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Puts events into the log, and counts those that it took. Any thread may call; none waits. */
public final class Publisher {
  private final Function<Publication, CompletionStage<Receipt>> append;
  private final StreamPolicies streams;
  private final HubMetrics metrics;
  private final Executor executor;

  /**
   * @param append the appender
   * @param executor whose threads carry what follows a publication: answering may wait for a
   *     socket, and the appender's thread does not
   */
  public Publisher(
      Function<Publication, CompletionStage<Receipt>> append,
      StreamPolicies streams,
      HubMetrics metrics,
      Executor executor) {
    this.append = append;
    this.streams = streams;
    this.metrics = metrics;
    this.executor = executor;
  }

  /**
   * Publishes all of {@code publication} or nothing: the ids, one for each event in order, once
   * they are durable. A repetition gets the ids of the first time.
   *
   * <p>Completes on the executor, or fails with
   *
   * <ul>
   *   <li>{@link UnknownStreamException};
   *   <li>{@link RefusedRequestException} if an idempotency key was used for other content, or the
   *       store refuses the data; trying again does not help;
   *   <li>{@link LogUnavailableException}: nothing was stored, trying again is safe;
   *   <li>{@link OutcomeUnknownException}: trying again is safe with the same idempotency key.
   * </ul>
   */
  public CompletionStage<List<EventId>> publish(Publication publication) {
    long start = System.nanoTime();
    CompletionStage<Receipt> receipt;
    try {
      for (Publication.Part part : publication.parts()) {
        for (EventDraft draft : part.drafts()) {
          requireOwnWords(draft);
        }
      }
      receipt = append.apply(publication);
    } catch (RuntimeException e) {
      receipt = CompletableFuture.failedFuture(e);
    }
    return receipt.handleAsync((given, failure) -> ids(given, failure, start), executor);
  }

  /** A stream's farewell may have any name; whoever published it could send everybody away. */
  private void requireOwnWords(EventDraft draft) {
    if (streams.require(draft.stream()).farewell().equals(draft.type())) {
      throw new InvalidEventException(
          "type", "'" + draft.type() + "' is this stream's farewell; choose another");
    }
  }

  /**
   * Does nothing if the stream {@code name} takes events from whoever may publish.
   *
   * @throws UnknownStreamException if nobody declared it
   * @throws ForbiddenException if it is a system's, whose events have a form of their own
   */
  void requireGeneralDoor(String name) {
    String door = streams.require(name).preset().door();
    if (!door.isEmpty()) {
      throw new ForbiddenException(
          "stream '" + name + "' belongs to a system and takes no events here; use " + door);
    }
  }

  private List<EventId> ids(@Nullable Receipt receipt, @Nullable Throwable failure, long start) {
    if (receipt == null) {
      throw failed(failure);
    }
    if (receipt instanceof Receipt.Stored stored) {
      if (!stored.isRepeat()) {
        metrics.published(stored.ids().size(), Duration.ofNanos(System.nanoTime() - start));
      }
      return stored.ids();
    }
    if (receipt instanceof Receipt.Conflict conflict) {
      throw new RefusedRequestException(
          Reason.CONFLICT,
          "the idempotency key '"
              + conflict.key()
              + "' was used before for other content; take a new key for new content");
    }
    throw new RefusedRequestException(Reason.INVALID, ((Receipt.Refused) receipt).reason());
  }

  private static CompletionException failed(@Nullable Throwable failure) {
    return failure instanceof CompletionException wrapped
        ? wrapped
        : new CompletionException(failure);
  }
}
