package io.heliograph.log;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;

/**
 * A process that appends until it is killed, and prints a line for each publication that was
 * acknowledged: its ids' first, their count and its data. Takes the database's path.
 */
final class PublishingProcess {
  private PublishingProcess() {}

  public static void main(String[] arguments) {
    Semaphore underWay = new Semaphore(64);
    try (EventLog log = new SqliteEventLog(Path.of(arguments[0]), InstantSource.system());
        Appender appender = new Appender(log, UUID.randomUUID(), 10_000, 64L << 20, Thread::new)) {
      for (int number = 0; true; number += 3) {
        int first = number;
        int count = 1 + number % 3;
        underWay.acquireUninterruptibly();
        appender
            .append(Publication.of(Drafts.numbered("a", first, count)))
            .thenAccept(
                receipt -> {
                  if (receipt instanceof Receipt.Stored stored) {
                    print(List.of(stored.ids().get(0), count, first));
                  }
                  underWay.release();
                });
      }
    } catch (LogUnavailableException e) {
      print(List.of("refused", String.valueOf(e.getMessage())));
    }
  }

  /** In one write, so that a kill cuts off a line's end at most. */
  private static void print(List<?> words) {
    StringBuilder line = new StringBuilder();
    for (Object word : words) {
      line.append(word).append(' ');
    }
    System.out.print(line.append(".\n"));
    System.out.flush();
  }
}
