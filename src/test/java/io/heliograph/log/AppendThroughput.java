package io.heliograph.log;

import io.heliograph.event.EventDraft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/**
 * Prints how many events a second the log takes, in batches of 1, 16 and 256 publications and
 * through the appender; a program to run by hand, for its numbers depend on the disk.
 *
 * <p>Takes the directory to write in; a temporary one without.
 */
final class AppendThroughput {
  private static final int SECONDS = 5;
  private static final String DATA = "{\"symbol\":\"ACME\",\"price\":12.34,\"volume\":1000000}";

  private AppendThroughput() {}

  public static void main(String[] arguments) throws IOException {
    Path directory =
        arguments.length > 0 ? Path.of(arguments[0]) : Files.createTempDirectory("heliograph");
    for (int round = 0; round < 2; round++) {
      for (int size : new int[] {1, 16, 256}) {
        try (EventLog log = open(directory)) {
          batches(log, size);
        }
      }
    }
    try (EventLog log = open(directory)) {
      appender(log);
    }
  }

  private static EventLog open(Path directory) {
    return new SqliteEventLog(directory.resolve("throughput.db"), InstantSource.system());
  }

  private static void batches(EventLog log, int size) {
    String node = UUID.randomUUID().toString();
    EventDraft draft = Drafts.draft("prices", DATA);
    List<Publication> publications = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      publications.add(Drafts.publication(draft));
    }
    long[] nanos = new long[5_000_000];
    int batches = 0;
    long start = System.nanoTime();
    long now = start;
    while (now - start < SECONDS * 1_000_000_000L) {
      log.append(new Batch(node, batches + 1, publications));
      long end = System.nanoTime();
      nanos[batches++] = end - now;
      now = end;
    }
    Arrays.sort(nanos, 0, batches);
    System.out.printf(
        "batches of %3d: %,9.0f events/s, p50 %.2f ms, p99 %.2f ms, max %.1f ms%n",
        size,
        (double) batches * size * 1e9 / (now - start),
        nanos[batches / 2] / 1e6,
        nanos[batches * 99 / 100] / 1e6,
        nanos[batches - 1] / 1e6);
  }

  /** One thread that publishes single events without waiting, up to 2,000 under way. */
  private static void appender(EventLog log) {
    Semaphore underWay = new Semaphore(2_000);
    try (Appender appender = new Appender(log, UUID.randomUUID(), 10_000, 64L << 20, Thread::new)) {
      Publication publication = Drafts.publication(Drafts.draft("prices", DATA));
      CompletableFuture<Receipt> last = new CompletableFuture<>();
      long start = System.nanoTime();
      long published = 0;
      while (System.nanoTime() - start < SECONDS * 1_000_000_000L) {
        underWay.acquireUninterruptibly();
        last =
            appender
                .append(publication)
                .whenComplete((receipt, error) -> underWay.release())
                .toCompletableFuture();
        published++;
      }
      last.join();
      System.out.printf(
          "through the appender: %,.0f events/s%n", published * 1e9 / (System.nanoTime() - start));
    }
  }
}
