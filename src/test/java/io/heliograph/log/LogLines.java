package io.heliograph.log;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What a class logs while this is open; it is not printed. */
public final class LogLines extends Handler implements AutoCloseable {
  private final Logger logger;
  private final List<LogRecord> records = new ArrayList<>();

  public LogLines(Class<?> type) {
    logger = Logger.getLogger(type.getName());
    logger.addHandler(this);
    logger.setUseParentHandlers(false);
  }

  @Override
  public synchronized void publish(LogRecord line) {
    records.add(line);
  }

  public synchronized long count(Level level) {
    return records.stream().filter(line -> line.getLevel().equals(level)).count();
  }

  /** How many of them came with a stack. */
  public synchronized long stacks() {
    return records.stream().filter(line -> line.getThrown() != null).count();
  }

  synchronized String text() {
    return records.stream().map(LogRecord::getMessage).toList().toString();
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(true);
  }
}
