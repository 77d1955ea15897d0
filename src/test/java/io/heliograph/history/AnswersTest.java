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
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class AnswersTest {
  private final List<Object> entities = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private final Answers answers = new Answers(Runnable::run);

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
    answers.give(CompletableFuture.completedFuture(7), n -> new byte[n], response);

    Response answer = assertInstanceOf(Response.class, entities.get(0));
    assertEquals(200, answer.getStatus());
    assertEquals("no-cache, no-store", answer.getHeaderString("Cache-Control"));
    assertEquals("application/json", answer.getHeaderString("Content-Type"));
  }

  @Test
  void answersAFailureAsAFailure_unwrapped() {
    IllegalStateException failure = new IllegalStateException();

    answers.give(CompletableFuture.failedFuture(failure), n -> new byte[0], response);
    answers.give(
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

  @Test
  void writesOnItsExecutor_notOnTheThreadThatRead() {
    List<Runnable> executor = new ArrayList<>();

    new Answers(executor::add)
        .give(CompletableFuture.completedFuture(7), n -> new byte[n], response);

    assertEquals(List.of(), entities);
    executor.remove(0).run();
    assertEquals(1, entities.size());
  }

  @Test
  void refuses_whatWouldHoldTooMuchMemory_untilSomeIsWritten() {
    List<Runnable> executor = new ArrayList<>();
    Answers bounded = new Answers(executor::add);
    int half = (int) (Answers.BYTES_LIMIT / 2);
    for (int i = 0; i < 3; i++) {
      bounded.give(CompletableFuture.completedFuture(half), n -> new byte[n], response);
    }

    assertEquals(2, executor.size());
    assertInstanceOf(RejectedExecutionException.class, failures.get(0));
    executor.remove(0).run();
    bounded.give(CompletableFuture.completedFuture(half), n -> new byte[n], response);
    assertEquals(2, executor.size());
    assertEquals(1, failures.size());
  }

  @Test
  void refuses_whereNoThreadIsLeft_andHoldsNothingOfIt() {
    RejectedExecutionException full = new RejectedExecutionException("full");
    Answers none =
        new Answers(
            act -> {
              throw full;
            });
    int half = (int) (Answers.BYTES_LIMIT / 2);
    for (int i = 0; i < 3; i++) {
      none.give(CompletableFuture.completedFuture(half), n -> new byte[n], response);
      assertSame(full, failures.get(i));
    }
  }
}
