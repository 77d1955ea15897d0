package io.heliograph.bench;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Subscribers of one kind, and what they got together.
 *
 * <p>Changed by its {@link SubscriberLoop}'s thread alone; {@link #delivered()} may be asked from
 * any.
 */
final class SubscriberGroup {
  /** Stands in a path for a subscriber's key. */
  static final String KEY = "{key}";

  private final InetSocketAddress server;
  private final String path;
  private final String headers;
  private final int keys;
  private final List<Subscriber> members = new ArrayList<>();
  private final Queue<Subscriber> waiting = new ArrayDeque<>();
  private final LatencyHistogram latencies = new LatencyHistogram();
  private final AtomicLong delivered = new AtomicLong();

  private int opening;
  private int ready;
  private int failed;
  private int closed;
  private long bytes;
  private long gaps;
  private long overflows;
  private long dropped;
  private long byes;
  private long idsBackwards;
  private @Nullable String failure;

  /**
   * @param path where to read; {@link #KEY} in it becomes {@code k} and a number below {@code keys}
   * @param headers lines to send as well, each with its CRLF
   */
  SubscriberGroup(InetSocketAddress server, String path, String headers, int keys, int count) {
    this.server = server;
    this.path = path;
    this.headers = headers;
    this.keys = keys;
    for (int number = 0; number < count; number++) {
      Subscriber member = new Subscriber(this, number);
      members.add(member);
      waiting.add(member);
    }
  }

  InetSocketAddress server() {
    return server;
  }

  String headers() {
    return headers;
  }

  String path(int number) {
    return path.replace(KEY, "k" + key(number));
  }

  List<Subscriber> members() {
    return members;
  }

  /** Deliveries of every member so far. */
  long delivered() {
    return delivered.getAcquire();
  }

  /** Stops reading, or reads on; those that are not ready go on with what they do. */
  void setPaused(boolean paused) {
    members.stream().filter(Subscriber::isReady).forEach(member -> member.setPaused(paused));
  }

  /** The next to open, if fewer than {@code most} are on their way. */
  @Nullable Subscriber nextToOpen(int most) {
    if (opening >= most) {
      return null;
    }
    Subscriber next = waiting.poll();
    if (next != null) {
      opening++;
    }
    return next;
  }

  /** All of them once more, from where each stands less {@code events}. */
  void reopen(long events) {
    for (Subscriber member : members) {
      member.close();
      member.rewind(events);
      waiting.add(member);
    }
    ready = 0;
    failed = 0;
    opening = 0;
    closed = 0;
  }

  void closeAll() {
    waiting.clear();
    members.forEach(Subscriber::close);
  }

  void noteEnd(Subscriber member, @Nullable Exception cause) {
    if (member.isReady()) {
      closed++;
      ready--;
    } else {
      failed++;
      opening--;
    }
    if (cause != null) {
      noteFailure(cause);
    }
    member.close();
  }

  void noteFailure(Exception cause) {
    if (failure == null) {
      failure = cause.toString();
    }
  }

  void countReady() {
    ready++;
    opening--;
  }

  void countBytes(int length) {
    bytes += length;
  }

  void countDelivery(long nanos) {
    latencies.record(nanos);
    delivered.setRelease(delivered.getPlain() + 1);
  }

  void countGap() {
    gaps++;
  }

  void countDropped(long events) {
    overflows++;
    dropped += events;
  }

  void countBye() {
    byes++;
  }

  void countIdBackwards() {
    idsBackwards++;
  }

  /** How many are ready, how many were refused or broke before. */
  Fields opened() {
    return new Fields("ok")
        .with("count", members.size())
        .with("ready", ready)
        .with("failed", failed)
        .with("why", failure == null ? "" : failure);
  }

  /** What came since the start, and the latencies since this was last asked. */
  Fields mark() {
    Fields mark =
        new Fields("ok")
            .with("nanos", System.nanoTime())
            .with("delivered", delivered())
            .with("bytes", bytes)
            .with("measured", latencies.total())
            .with("p50", latencies.nanosAt(0.5))
            .with("p99", latencies.nanosAt(0.99))
            .with("p999", latencies.nanosAt(0.999))
            .with("max", latencies.highestNanos());
    latencies.clear();
    return mark;
  }

  /** What is missing, came twice or late, of what was published. */
  Fields account(Sequences published) {
    long lost = 0;
    long duplicated = 0;
    long reordered = idsBackwards;
    for (Subscriber member : members) {
      lost += member.ledger().lost(published.last(key(member.number())));
      duplicated += member.ledger().duplicated();
      reordered += member.ledger().reordered();
    }
    return new Fields("ok")
        .with("delivered", delivered())
        .with("lost", lost)
        .with("duplicated", duplicated)
        .with("reordered", reordered)
        .with("gaps", gaps)
        .with("overflows", overflows)
        .with("dropped", dropped)
        .with("byes", byes)
        .with("closed", closed)
        .with("why", failure == null ? "" : failure);
  }

  private int key(int number) {
    return keys == 0 ? 0 : number % keys;
  }
}
