package io.heliograph.database;

import java.lang.System.Logger.Level;
import org.flywaydb.core.api.logging.Log;
import org.flywaydb.core.api.logging.LogCreator;

/**
 * Where Flyway logs to. It announces every step at INFO; only what a person must know is passed on.
 *
 * <p>Public, because Flyway makes one by its name, and by nothing else: a creator that is handed to
 * its {@code LogFactory} is dropped when the next configuration is loaded.
 */
public final class FlywayLogs implements LogCreator {
  private static final System.Logger LOG = System.getLogger(FlywayLogs.class.getName());

  @Override
  public Log createLogger(Class<?> type) {
    return new Quiet();
  }

  private static final class Quiet implements Log {
    @Override
    public void debug(String message) {}

    @Override
    public void info(String message) {}

    @Override
    public void notice(String message) {}

    @Override
    public void warn(String message) {
      LOG.log(Level.WARNING, message);
    }

    /** What Flyway logs as an error it also throws, and that is handled. */
    @Override
    public void error(String message) {
      LOG.log(Level.DEBUG, message);
    }

    @Override
    public void error(String message, Exception e) {
      LOG.log(Level.DEBUG, message, e);
    }
  }
}
