package io.heliograph.history;

import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * How this package's resources answer. Any thread may call; none waits: the runtimes write an
 * answer by blocking, so that is done on the executor, where a receiver who does not read holds one
 * thread of many until the container's write time-out ends it.
 */
public final class Answers {
  /**
   * Bytes of answers in memory, waiting for a thread or for their receiver: some fifty of the
   * largest pages.
   */
  static final long BYTES_LIMIT = 64L << 20;

  private final Executor executor;
  private final AtomicLong heldBytes = new AtomicLong();

  /**
   * @param executor whose threads may wait for sockets; bounded, and rejects what is too much
   */
  public Answers(Executor executor) {
    this.executor = executor;
  }

  /**
   * Resumes {@code response} with what {@code stage} comes to, or with why it failed: {@link
   * RejectedExecutionException} too, where too many answers wait already.
   */
  <T> void give(CompletionStage<T> stage, Function<T, byte[]> json, AsyncResponse response) {
    stage
        .thenApply(json)
        .whenComplete(
            (answer, failure) -> {
              // Not one call: resume(Object) would send a failure as an entity, with 200.
              if (failure == null) {
                write(answer, response);
              } else {
                response.resume(cause(failure));
              }
            });
  }

  private void write(byte[] json, AsyncResponse response) {
    // The one that goes over the limit still passes: a single answer of any size must.
    if (heldBytes.getAndAdd(json.length) >= BYTES_LIMIT) {
      heldBytes.addAndGet(-json.length);
      response.resume(
          new RejectedExecutionException(
              "answers of " + BYTES_LIMIT + " bytes wait for their receivers, which is the limit"));
      return;
    }
    try {
      executor.execute(
          () -> {
            try {
              response.resume(ok(json));
            } finally {
              heldBytes.addAndGet(-json.length);
            }
          });
    } catch (RejectedExecutionException e) {
      heldBytes.addAndGet(-json.length);
      response.resume(e);
    }
  }

  private static Response ok(byte[] json) {
    // Who may see an event is decided at each request, so nothing in between keeps an answer.
    return Response.ok(json, MediaType.APPLICATION_JSON_TYPE)
        .header("Cache-Control", "no-cache, no-store")
        .build();
  }

  private static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
