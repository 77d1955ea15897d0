package io.heliograph.history;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * How this package's resources answer. Any thread may call; none waits: an answer is written by
 * blocking, so that is done on the executor, where a receiver who does not read holds one thread of
 * many until the container's write time-out ends it.
 */
public final class Answers {
  /**
   * Bytes of answers in memory, waiting for a thread or for their receiver: some fifty of the
   * largest pages.
   */
  static final long BYTES_LIMIT = 64L << 20;

  private static final System.Logger LOG = System.getLogger(Answers.class.getName());

  private final Executor executor;
  private final AtomicLong heldBytes = new AtomicLong();

  /**
   * @param executor whose threads may wait for sockets; bounded, and rejects what is too much
   */
  public Answers(Executor executor) {
    this.executor = executor;
  }

  /**
   * Answers {@code request}, whose asynchronous processing has begun, with what {@code stage} comes
   * to; or resumes {@code response} with why it failed: {@link RejectedExecutionException} too,
   * where too many answers wait already.
   */
  <T> void give(
      CompletionStage<T> stage,
      Function<T, byte[]> json,
      HttpServletRequest request,
      AsyncResponse response) {
    AsyncContext async = request.getAsyncContext();
    boolean hasBody = !HttpMethod.HEAD.equals(request.getMethod());
    stage
        .thenApply(json)
        .whenComplete(
            (answer, failure) -> {
              // Not one call: resume(Object) would send a failure as an entity, with 200.
              if (failure == null) {
                write(answer, hasBody, async, response);
              } else {
                response.resume(cause(failure));
              }
            });
  }

  private void write(byte[] json, boolean hasBody, AsyncContext async, AsyncResponse response) {
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
              ok(json, hasBody, async);
            } finally {
              heldBytes.addAndGet(-json.length);
            }
          });
    } catch (RejectedExecutionException e) {
      heldBytes.addAndGet(-json.length);
      response.resume(e);
    }
  }

  /** Past the JAX-RS runtime, which at a shutdown has ended before the hub is told to. */
  private static void ok(byte[] json, boolean hasBody, AsyncContext async) {
    try {
      HttpServletResponse response = (HttpServletResponse) async.getResponse();
      response.setStatus(HttpServletResponse.SC_OK);
      response.setContentType(MediaType.APPLICATION_JSON);
      response.setContentLength(json.length);
      // Who may see an event is decided at each request, so nothing in between keeps an answer.
      response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache, no-store");
      if (hasBody) {
        response.getOutputStream().write(json);
      }
      // Or Tomcat, once it stops, would put a 500 in its place.
      response.flushBuffer();
      async.complete();
    } catch (IOException | IllegalStateException e) {
      LOG.log(System.Logger.Level.DEBUG, "the receiver of an answer has gone", e);
      abandon(async);
    }
  }

  private static void abandon(AsyncContext async) {
    try {
      async.complete();
    } catch (IllegalStateException e) {
      LOG.log(System.Logger.Level.DEBUG, "the server has ended the request already", e);
    }
  }

  private static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
