package io.heliograph.container;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Makes a second {@code complete()} do nothing: in the WAR for Tomcat, and in no other.
 *
 * <p>The hub completes an asynchronous request itself. Jersey, told that it is complete, completes
 * it once more; Tomcat takes that for an error and writes a stack to its log, for every request.
 */
@WebFilter(urlPatterns = "/api/*", asyncSupported = true)
public class AsyncOnTomcat extends HttpFilter {
  private static final long serialVersionUID = 1L;

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    chain.doFilter(new CompletedOnce(request), response);
  }

  private static final class CompletedOnce extends HttpServletRequestWrapper {
    private @Nullable AsyncContext async;

    CompletedOnce(HttpServletRequest request) {
      super(request);
    }

    @Override
    public AsyncContext startAsync() {
      return begun(super.startAsync());
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
      return begun(super.startAsync(request, response));
    }

    private AsyncContext begun(AsyncContext given) {
      Once once = new Once(given);
      async = once;
      return once;
    }

    @Override
    public AsyncContext getAsyncContext() {
      AsyncContext started = async;
      return started == null ? super.getAsyncContext() : started;
    }
  }

  /** Also where Tomcat has completed the request by itself. */
  private static final class Once implements AsyncContext, AsyncListener {
    private final AsyncContext given;
    private final AtomicBoolean isComplete = new AtomicBoolean();

    Once(AsyncContext given) {
      this.given = given;
      given.addListener(this);
    }

    @Override
    public void complete() {
      if (isComplete.compareAndSet(false, true)) {
        given.complete();
      }
    }

    @Override
    public void onComplete(AsyncEvent event) {
      isComplete.set(true);
    }

    @Override
    public void onTimeout(AsyncEvent event) {}

    @Override
    public void onError(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {}

    @Override
    public ServletRequest getRequest() {
      return given.getRequest();
    }

    @Override
    public ServletResponse getResponse() {
      return given.getResponse();
    }

    @Override
    public boolean hasOriginalRequestAndResponse() {
      return given.hasOriginalRequestAndResponse();
    }

    @Override
    public void dispatch() {
      given.dispatch();
    }

    @Override
    public void dispatch(String path) {
      given.dispatch(path);
    }

    @Override
    public void dispatch(ServletContext context, String path) {
      given.dispatch(context, path);
    }

    @Override
    public void start(Runnable work) {
      given.start(work);
    }

    @Override
    public void addListener(AsyncListener listener) {
      given.addListener(listener);
    }

    @Override
    public void addListener(
        AsyncListener listener, ServletRequest request, ServletResponse response) {
      given.addListener(listener, request, response);
    }

    @Override
    public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
      return given.createListener(type);
    }

    @Override
    public void setTimeout(long millis) {
      given.setTimeout(millis);
    }

    @Override
    public long getTimeout() {
      return given.getTimeout();
    }
  }
}
