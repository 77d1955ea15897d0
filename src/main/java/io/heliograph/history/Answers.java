package io.heliograph.history;

import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** How this package's resources answer. */
final class Answers {
  private Answers() {}

  /** Resumes {@code response} with what {@code stage} comes to, or with why it failed. */
  static <T> void give(CompletionStage<T> stage, Function<T, byte[]> json, AsyncResponse response) {
    stage
        .thenApply(answer -> ok(json.apply(answer)))
        .whenComplete(
            (answer, failure) -> {
              // Not one call: resume(Object) would send a failure as an entity, with 200.
              if (failure == null) {
                response.resume(answer);
              } else {
                response.resume(cause(failure));
              }
            });
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
