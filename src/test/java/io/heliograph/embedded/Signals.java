package io.heliograph.embedded;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;

/**
 * Signals that ask a process to stop.
 *
 * <p>Not a shutdown hook: hooks run side by side, and one of Payara's deletes the application's
 * classes while it is being undeployed; logging is taken down likewise. So a signal must not begin
 * the JVM's shutdown. The class for that, {@code sun.misc.Signal}, is exported by the JDK's module
 * {@code jdk.unsupported}, but the compiler warns of it however it is used; hence the reflection.
 */
final class Signals {
  /** What a terminal's Ctrl-C, a supervisor and a closed terminal send. */
  private static final List<String> STOP = List.of("INT", "TERM", "HUP");

  private Signals() {}

  /** Calls {@code action} on a thread of the JVM's, at each such signal, instead of its end. */
  static void onStop(Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                action.run();
                return null;
              });
      for (String name : STOP) {
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
      }
    } catch (InvocationTargetException e) {
      // This system has no signal of that name; those before it in the list are handled.
      System.err.println("signals: " + e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM hands no signals to programs", e);
    }
  }
}
