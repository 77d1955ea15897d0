package io.heliograph.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.container.AsyncResponse;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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

  private final List<String> written = new ArrayList<>();
  private final ServletOutputStream out =
      new ServletOutputStream() {
        @Override
        public boolean isReady() {
          return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {}

        @Override
        public void write(int b) {}

        @Override
        public void write(byte[] bytes) {
          written.add("write " + bytes.length);
        }
      };
  private final HttpServletResponse servlet =
      fake(
          HttpServletResponse.class,
          call -> {
            if (call.equals("getOutputStream")) {
              return out;
            }
            written.add(call);
            return null;
          });
  private final AsyncContext async =
      fake(
          AsyncContext.class,
          call -> {
            if (call.equals("getResponse")) {
              return servlet;
            }
            written.add(call);
            return null;
          });
  private String method = "GET";
  private final HttpServletRequest request =
      fake(HttpServletRequest.class, call -> call.equals("getAsyncContext") ? async : method);

  /** Calls come as the method's name and its arguments. */
  private static <T> T fake(Class<T> type, Function<String, @Nullable Object> calls) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                calls.apply(
                    Stream.concat(
                            Stream.of(method.getName()),
                            arguments == null ? Stream.of() : Stream.of(arguments))
                        .map(String::valueOf)
                        .collect(Collectors.joining(" ")))));
  }

  @Test
  void answersHeadWithoutABody() {
    method = "HEAD";

    answers.give(CompletableFuture.completedFuture(7), n -> new byte[n], request, response);

    assertFalse(written.contains("write 7"));
    assertTrue(written.contains("setContentLength 7"));
  }

  @Test
  void answersWithJson_thatNobodyKeeps() {
    answers.give(CompletableFuture.completedFuture(7), n -> new byte[n], request, response);

    assertEquals(
        List.of(
            "setStatus 200",
            "setContentType application/json",
            "setContentLength 7",
            "setHeader Cache-Control no-cache, no-store",
            "write 7",
            "flushBuffer",
            "complete"),
        written);
  }

  @Test
  void answersAFailureAsAFailure_unwrapped() {
    IllegalStateException failure = new IllegalStateException();

    answers.give(CompletableFuture.failedFuture(failure), n -> new byte[0], request, response);
    answers.give(
        CompletableFuture.completedFuture(7),
        n -> {
          throw failure;
        },
        request,
        response);

    assertEquals(List.of(), written);
    assertEquals(List.of(), entities);
    assertEquals(2, failures.size());
    assertSame(failure, failures.get(0));
    assertSame(failure, failures.get(1));
  }

  @Test
  void writesOnItsExecutor_notOnTheThreadThatRead() {
    List<Runnable> executor = new ArrayList<>();

    new Answers(executor::add)
        .give(CompletableFuture.completedFuture(7), n -> new byte[n], request, response);

    assertEquals(List.of(), written);
    executor.remove(0).run();
    assertEquals("complete", written.get(written.size() - 1));
  }

  @Test
  void refuses_whatWouldHoldTooMuchMemory_untilSomeIsWritten() {
    List<Runnable> executor = new ArrayList<>();
    Answers bounded = new Answers(executor::add);
    int half = (int) (Answers.BYTES_LIMIT / 2);
    for (int i = 0; i < 3; i++) {
      bounded.give(CompletableFuture.completedFuture(half), n -> new byte[n], request, response);
    }

    assertEquals(2, executor.size());
    assertInstanceOf(RejectedExecutionException.class, failures.get(0));
    executor.remove(0).run();
    bounded.give(CompletableFuture.completedFuture(half), n -> new byte[n], request, response);
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
      none.give(CompletableFuture.completedFuture(half), n -> new byte[n], request, response);
      assertSame(full, failures.get(i));
    }
  }
}
