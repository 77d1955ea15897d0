package io.heliograph.sse;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A container's side of one connection: a socket that takes as much as the test says, and a
 * container that fails, calls back and recycles like the ones we run on.
 *
 * <p>It watches the servlet contract and keeps what broke it in {@link #violations}: a write or
 * flush without a true {@code isReady()} since the last one, two threads inside at once, a second
 * {@code complete()}, and any touch after it was recycled: after the terminal callbacks have
 * returned or {@code complete()} was called, its objects belong to a stranger.
 *
 * <p>Callbacks that the container owes wait in a queue and are run by {@link #runContainer}, on
 * whichever thread the test calls it.
 */
public final class FakeServletOutput {
  /** What can be touched, and made to fail. */
  public enum Touch {
    SET_TIMEOUT,
    ADD_LISTENER,
    SET_WRITE_LISTENER,
    IS_READY,
    WRITE,
    FLUSH,
    COMPLETE
  }

  /** Who is told of an error. */
  public enum Reports {
    /** Tomcat: the write listener, then the async listener. */
    BOTH,
    /** Jetty. */
    WRITE_LISTENER,
    ASYNC_LISTENER,
    /** Undertow. */
    NONE
  }

  private enum Telling {
    LATER,
    INSIDE,
    INSIDE_WITHOUT_THROWING
  }

  private record Fault(int nth, Throwable failure, Reports reports, Telling telling) {}

  private final List<String> violations = new ArrayList<>();
  private final Map<Touch, Integer> touches = new EnumMap<>(Touch.class);
  private final Map<Touch, Fault> faults = new EnumMap<>(Touch.class);
  private final Queue<Runnable> container = new ConcurrentLinkedQueue<>();
  private final AtomicReference<@Nullable Thread> inside = new AtomicReference<>();
  private final Stream stream = new Stream();
  private final AsyncContext async;
  private final HttpServletResponse response;

  private volatile Runnable step = () -> {};
  private volatile boolean isRecycled;
  private volatile boolean isCompleted;
  private volatile boolean wasCut;
  private volatile long space = Long.MAX_VALUE / 2;
  private volatile boolean isArmed;
  private boolean callsInsideSetListener;
  private boolean completesInside;
  private @Nullable Reports reportsCutInside;

  private volatile @Nullable WriteListener writeListener;
  private volatile @Nullable AsyncListener asyncListener;

  public FakeServletOutput() {
    response = proxy(HttpServletResponse.class, this::onResponse);
    async = proxy(AsyncContext.class, this::onAsync);
  }

  /** Like Payara: {@code onWritePossible} comes inside {@code setWriteListener}. */
  public FakeServletOutput callingInsideSetListener() {
    callsInsideSetListener = true;
    return this;
  }

  /** {@code onComplete} comes inside {@code complete()} instead of later. */
  public FakeServletOutput completingInside() {
    completesInside = true;
    return this;
  }

  /** A hard close is possible, as on Payara, and makes these reports before it returns. */
  public FakeServletOutput cuttable(Reports reports) {
    reportsCutInside = reports;
    return this;
  }

  /** Calls {@code at} wherever another thread might come between. */
  public FakeServletOutput stepping(Runnable at) {
    step = at;
    return this;
  }

  /** The socket takes {@code bytes} more and then no others. */
  public FakeServletOutput taking(long bytes) {
    space = bytes;
    return this;
  }

  /** Makes the {@code nth} touch of this kind throw; the container then makes its reports. */
  public FakeServletOutput failing(Touch touch, int nth, Throwable failure, Reports reports) {
    faults.put(touch, new Fault(nth, failure, reports, Telling.LATER));
    return this;
  }

  /** Likewise, but the reports are made inside the failing call. */
  public FakeServletOutput failingInside(Touch touch, int nth, Throwable failure, Reports reports) {
    faults.put(touch, new Fault(nth, failure, reports, Telling.INSIDE));
    return this;
  }

  /** Likewise, and the call then returns as if nothing had been. */
  public FakeServletOutput reportingInside(
      Touch touch, int nth, Throwable failure, Reports reports) {
    faults.put(touch, new Fault(nth, failure, reports, Telling.INSIDE_WITHOUT_THROWING));
    return this;
  }

  public AsyncContext async() {
    return async;
  }

  /**
   * A sink on it.
   *
   * @param pause what a terminal callback does while it waits for the sink's owner
   */
  public ServletEventSink sink(LongSupplier nanoClock, Runnable pause) {
    return new ServletEventSink(
        async, new OutboundEventEncoder(null), nanoClock, (sink, response) -> {}, pause);
  }

  // The network and the container's threads.

  /** The socket takes {@code bytes} more; who waited for that is called. */
  public void drain(long bytes) {
    synchronized (this) {
      space = Math.min(space + bytes, Long.MAX_VALUE / 2);
      if (space > 0 && isArmed) {
        isArmed = false;
        container.add(this::callWritePossible);
      }
    }
    step.run();
    runContainer();
  }

  /** The socket takes all from now on. */
  public void open() {
    drain(Long.MAX_VALUE / 2);
  }

  /** Runs what the container owes; says whether there was anything. */
  public boolean runContainer() {
    boolean hadAny = false;
    for (Runnable task = container.poll(); task != null; task = container.poll()) {
      hadAny = true;
      task.run();
    }
    return hadAny;
  }

  /** The client is gone, and the container noticed on this thread. */
  public void breakOff(Throwable failure, Reports reports) {
    report(failure, reports);
  }

  /** The container ends the exchange by itself. */
  public void timeOut() {
    AsyncListener listener = asyncListener;
    if (listener != null && !isRecycled) {
      call(() -> listener.onTimeout(new AsyncEvent(async)));
      recycle();
    }
  }

  private boolean canBeCut() {
    return reportsCutInside != null;
  }

  private void cut() {
    Reports reports = reportsCutInside;
    if (reports != null) {
      wasCut = true;
      report(new IOException("cut"), reports);
    }
  }

  // What is seen.

  public List<String> violations() {
    synchronized (violations) {
      return List.copyOf(violations);
    }
  }

  public boolean isCompleted() {
    return isCompleted;
  }

  public boolean wasCut() {
    return wasCut;
  }

  public boolean isRecycled() {
    return isRecycled;
  }

  public synchronized int count(Touch touch) {
    return touches.getOrDefault(touch, 0);
  }

  /** Everything written so far. */
  public byte[] bytes() {
    return stream.taken();
  }

  public String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  /** Whether nothing written waits for a flush. */
  public boolean isFlushed() {
    return !stream.isUnflushed;
  }

  // Inside.

  private void callWritePossible() {
    WriteListener listener = writeListener;
    if (listener != null && !isRecycled) {
      call(listener::onWritePossible);
    }
  }

  private void report(Throwable failure, Reports reports) {
    WriteListener write = reports == Reports.ASYNC_LISTENER ? null : writeListener;
    AsyncListener other = reports == Reports.WRITE_LISTENER ? null : asyncListener;
    // Who has not said yet whom to tell is still in its request, and keeps the objects.
    if (isRecycled || reports == Reports.NONE || (write == null && other == null)) {
      return;
    }
    step.run();
    if (write != null) {
      call(() -> write.onError(failure));
    }
    if (other != null) {
      call(() -> other.onError(new AsyncEvent(async, null, null, failure)));
    }
    recycle();
    step.run();
  }

  /** After the last callback has returned the objects are somebody else's, whoever is inside. */
  private void recycle() {
    Thread other = inside.get();
    if (other != null && other != Thread.currentThread()) {
      violate("recycled while the sink is inside");
    }
    isRecycled = true;
  }

  private interface Callback {
    void call() throws IOException;
  }

  private void call(Callback callback) {
    try {
      callback.call();
    } catch (IOException | RuntimeException e) {
      violate("a callback threw " + e);
    }
  }

  private void violate(String what) {
    synchronized (violations) {
      violations.add(what);
    }
  }

  /** One touch by the sink: checked, and made to fail if the test wants that. */
  private void touch(Touch touch, Body body) throws IOException {
    Thread me = Thread.currentThread();
    Thread other = inside.get();
    if (isRecycled) {
      violate(touch + " after recycling");
    }
    if (other != null && other != me) {
      violate(touch + " while another thread is inside");
    }
    boolean isOutermost = other == null;
    inside.set(me);
    try {
      step.run();
      int nth;
      synchronized (this) {
        nth = touches.merge(touch, 1, Integer::sum);
      }
      fail(touch, nth);
      body.run();
      step.run();
    } finally {
      if (isOutermost) {
        inside.set(null);
      }
    }
  }

  private void fail(Touch touch, int nth) throws IOException {
    Fault fault = faults.get(touch);
    if (fault == null || fault.nth() != nth) {
      return;
    }
    if (fault.telling() == Telling.LATER) {
      container.add(() -> report(fault.failure(), fault.reports()));
    } else {
      report(fault.failure(), fault.reports());
    }
    if (fault.telling() == Telling.INSIDE_WITHOUT_THROWING) {
      return;
    }
    if (fault.failure() instanceof IOException e) {
      throw e;
    }
    if (fault.failure() instanceof RuntimeException e) {
      throw e;
    }
    throw new IOException(fault.failure());
  }

  private interface Body {
    void run() throws IOException;
  }

  private Object onResponse(String method, Object[] arguments) {
    if (method.equals("getOutputStream")) {
      if (isRecycled) {
        violate("getOutputStream after recycling");
      }
      return stream;
    }
    throw new AssertionError("the sink has no business with response." + method);
  }

  private @Nullable Object onAsync(String method, Object[] arguments) throws IOException {
    switch (method) {
      case "getResponse" -> {
        return response;
      }
      case "getRequest" -> {
        return new CuttableRequest(this::canBeCut, this::cut);
      }
      case "setTimeout" -> touch(Touch.SET_TIMEOUT, () -> {});
      case "addListener" ->
          touch(Touch.ADD_LISTENER, () -> asyncListener = (AsyncListener) arguments[0]);
      case "complete" -> touch(Touch.COMPLETE, this::complete);
      default -> throw new AssertionError("the sink has no business with async." + method);
    }
    return null;
  }

  private void complete() {
    if (isCompleted) {
      violate("complete() twice");
    }
    isCompleted = true;
    Runnable tell =
        () -> {
          AsyncListener listener = asyncListener;
          if (listener != null) {
            call(() -> listener.onComplete(new AsyncEvent(async)));
          }
        };
    if (completesInside) {
      tell.run();
    } else {
      container.add(tell);
    }
    isRecycled = true;
  }

  interface Handler {
    @Nullable Object call(String method, Object[] arguments) throws IOException;
  }

  static <T> T proxy(Class<T> type, Handler handler) {
    InvocationHandler invocation =
        (self, method, arguments) ->
            handler.call(method.getName(), arguments == null ? new Object[0] : arguments);
    return type.cast(
        Proxy.newProxyInstance(
            FakeServletOutput.class.getClassLoader(), new Class<?>[] {type}, invocation));
  }

  private final class Stream extends ServletOutputStream {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private volatile boolean isUnflushed;
    private volatile boolean wasReady;

    @Override
    public boolean isReady() {
      try {
        touch(
            Touch.IS_READY,
            () -> {
              synchronized (FakeServletOutput.this) {
                wasReady = space > 0 && !isRecycled;
                isArmed |= !wasReady;
              }
            });
        return wasReady;
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      try {
        touch(
            Touch.SET_WRITE_LISTENER,
            () -> {
              writeListener = listener;
              if (callsInsideSetListener) {
                callWritePossible();
              } else {
                container.add(FakeServletOutput.this::callWritePossible);
              }
            });
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      touch(
          Touch.WRITE,
          () -> {
            requireReady("write");
            synchronized (FakeServletOutput.this) {
              taken.write(bytes, from, count);
              space -= count;
            }
            isUnflushed = true;
          });
    }

    @Override
    public void flush() throws IOException {
      touch(
          Touch.FLUSH,
          () -> {
            requireReady("flush");
            isUnflushed = false;
          });
    }

    private void requireReady(String what) {
      if (!wasReady) {
        violate(what + " without a true isReady() before it");
      }
      wasReady = false;
    }

    byte[] taken() {
      synchronized (FakeServletOutput.this) {
        return taken.toByteArray();
      }
    }
  }
}
