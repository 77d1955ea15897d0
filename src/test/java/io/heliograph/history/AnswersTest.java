package io.heliograph.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.core.Response;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AnswersTest {
  private final List<Object> entities = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();

  /** Told apart by overload, as the runtimes do. */
  private final AsyncResponse response =
      (AsyncResponse)
          Proxy.newProxyInstance(
              AsyncResponse.class.getClassLoader(),
              new Class<?>[] {AsyncResponse.class},
              (proxy, method, arguments) ->
                  method.getParameterTypes()[0] == Throwable.class
                      ? failures.add((Throwable) arguments[0])
                      : entities.add(arguments[0]));

  @Test
  void answersWithJson_thatNobodyKeeps() {
    Answers.give(CompletableFuture.completedFuture(7), n -> new byte[n], response);

    Response answer = assertInstanceOf(Response.class, entities.get(0));
    assertEquals(200, answer.getStatus());
    assertEquals("no-cache, no-store", answer.getHeaderString("Cache-Control"));
    assertEquals("application/json", answer.getHeaderString("Content-Type"));
  }

  @Test
  void answersAFailureAsAFailure_unwrapped() {
    IllegalStateException failure = new IllegalStateException();

    Answers.give(CompletableFuture.failedFuture(failure), n -> new byte[0], response);
    Answers.give(
        CompletableFuture.completedFuture(7),
        n -> {
          throw failure;
        },
        response);

    assertEquals(List.of(), entities);
    assertEquals(2, failures.size());
    assertSame(failure, failures.get(0));
    assertSame(failure, failures.get(1));
  }
}
