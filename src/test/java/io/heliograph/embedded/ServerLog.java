package io.heliograph.embedded;

import java.io.PrintStream;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/**
 * What is logged in the hub's JVM. All goes to standard error, as the JDK does it; here is what a
 * person should see besides.
 */
final class ServerLog {
  private static final SimpleFormatter FORMATTER = new SimpleFormatter();

  /** The JDK holds loggers weakly; without this the handler would go with its logger. */
  private static final Logger HUB = Logger.getLogger("io.heliograph");

  private ServerLog() {}

  /** Shows warnings and errors of the hub's own on {@code out}, without stacks. */
  static void showWarningsOn(PrintStream out) {
    HUB.addHandler(
        new RecordHandler() {
          @Override
          public void publish(LogRecord entry) {
            if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
              @Nullable Throwable thrown = entry.getThrown();
              out.println(
                  entry.getLevel()
                      + ": "
                      + FORMATTER.formatMessage(entry)
                      + (thrown == null ? "" : " (" + thrown + ")"));
            }
          }
        });
  }

  /** Remembers from now on why something failed: Payara's deployer only logs it. */
  static Failure watchForFailure() {
    Failure failure = new Failure();
    Logger.getLogger("").addHandler(failure);
    return failure;
  }

  /** The first error that was logged with an exception. */
  static final class Failure extends RecordHandler {
    private @Nullable Throwable first;

    @Override
    public synchronized void publish(LogRecord entry) {
      if (first == null && entry.getLevel().equals(Level.SEVERE)) {
        first = entry.getThrown();
      }
    }

    /** What the innermost exception says. */
    synchronized String reason() {
      if (first == null) {
        return "see the server's log";
      }
      Throwable innermost = first;
      for (Throwable cause = first.getCause(); cause != null; cause = cause.getCause()) {
        innermost = cause;
      }
      boolean isOurs = innermost.getClass().getName().startsWith("io.heliograph.");
      return isOurs ? String.valueOf(innermost.getMessage()) : innermost.toString();
    }
  }

  private abstract static class RecordHandler extends Handler {
    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
