package io.heliograph.stream;

import io.heliograph.event.Event;
import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import io.heliograph.log.Page;
import io.heliograph.metrics.HubMetrics;
import io.heliograph.settings.Settings;
import io.heliograph.sse.FakeServletOutput;
import io.heliograph.sse.SeededSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A registry on a log in memory, with its time, its follower and its pool in the test's hands.
 *
 * <p>The stream is called {@code s}; what is set for it is given without its prefix.
 */
final class TestHub implements AutoCloseable {
  static final View ALL = View.of("s");

  private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");
  private static final long RINGS_BYTES = 16L << 20;

  final AtomicLong nanos = new AtomicLong(5_000_000_000L);
  final MemoryEventLog log = new MemoryEventLog(this::now);
  final ManualExecutor pool = new ManualExecutor();
  final ManualExecutor blocking = new ManualExecutor();
  final TimingWheel wheel = new TimingWheel(nanos::get);
  final HubMetrics metrics = new HubMetrics(null);
  final StreamRegistry registry;

  // Called wherever another thread might come between, and while somebody waits for one.
  private final Runnable step;
  private final Runnable pause;
  private final List<FakeServletOutput> outputs = new CopyOnWriteArrayList<>();
  private Runnable between = () -> {};
  private int published;
  private int eventBytes;

  TestHub(String... settings) {
    this(RINGS_BYTES, settings);
  }

  TestHub(long ringsBytes, String... settings) {
    this(ringsBytes, () -> {}, Thread::onSpinWait, settings);
  }

  /** One whose every actor is an actor of {@code schedule}. */
  TestHub(long ringsBytes, SeededSchedule schedule, String... settings) {
    this(ringsBytes, schedule::step, schedule::pass, settings);
  }

  private TestHub(long ringsBytes, Runnable step, Runnable pause, String... settings) {
    this.step =
        () -> {
          between.run();
          step.run();
        };
    this.pause = pause;
    Map<String, String> values = new HashMap<>();
    values.put("heliograph.streams", "s");
    for (int i = 0; i < settings.length; i += 2) {
      values.put("heliograph.stream.s." + settings[i], settings[i + 1]);
    }
    Settings read = Settings.of(values);
    StreamPolicies policies = StreamPolicies.read(read);
    read.check();
    log.stepping(this.step);
    registry =
        new StreamRegistry(
            policies,
            new StreamConfig(ringsBytes, 0, Duration.ofSeconds(20)),
            log,
            new StreamRegistry.Surroundings(
                metrics,
                wheel,
                this::nanosBetween,
                this::nowBetween,
                task -> {
                  throw new AssertionError("no threads in here");
                },
                blocking,
                1),
            pool);
  }

  Instant now() {
    return EPOCH.plusNanos(nanos.get());
  }

  // The clocks are asked while a channel's place is locked, where no actor may change.
  private long nanosBetween() {
    between.run();
    return nanos.get();
  }

  private Instant nowBetween() {
    between.run();
    return now();
  }

  /** Makes events to come so many bytes larger. */
  void setEventBytes(int bytes) {
    eventBytes = bytes;
  }

  /** Waits as {@link Arrivals.Place#onNext}, in a place that is given back afterwards. */
  boolean poll(View view, EventId after, Duration atMost, Runnable wake) {
    Arrivals.Place place = registry.arrivals().admit(registry.channel(view).policy(), Peer.LOCAL);
    return place.onNext(
        view,
        after,
        atMost,
        () -> {
          place.release();
          wake.run();
        });
  }

  // Publishing and following.

  /** Appends an event that carries {@code keys}; nobody is told yet. */
  EventId append(String... keys) {
    return append("t", false, keys);
  }

  EventId append(String type, boolean isRetained, String... keys) {
    EventDraft draft =
        new EventDraft(
            "s",
            List.of(keys),
            null,
            null,
            type,
            EventData.of("{\"n\":" + ++published + " ".repeat(eventBytes) + "}"),
            null,
            isRetained);
    return log.append(draft);
  }

  List<EventId> appendMany(int count, String... keys) {
    List<EventId> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(append(keys));
    }
    return ids;
  }

  /** Publishes one event and lets the follower bring it. */
  EventId publish(String... keys) {
    EventId id = append(keys);
    follow();
    return id;
  }

  /** Publishes {@code count} events one after another, each in a batch of its own. */
  List<EventId> publishMany(int count, String... keys) {
    List<EventId> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(publish(keys));
    }
    return ids;
  }

  /** Brings all that the log has, as the follower does. */
  void follow() {
    while (followOnce(512)) {
      step.run();
    }
  }

  /** Brings one page; false if there was nothing. */
  boolean followOnce(int limit) {
    EventId applied = registry.applied();
    Page page = log.readAll(applied, limit);
    if (!page.through().isAfter(applied)) {
      return false;
    }
    deliver(page);
    registry.wake(page.through());
    return true;
  }

  /**
   * Brings one page, and does {@code meanwhile} at the {@code nth} place where another thread might
   * come between.
   *
   * @return whether there was such a place
   */
  boolean followWith(int nth, Runnable meanwhile) {
    return with(nth, meanwhile, () -> followOnce(512));
  }

  /** Runs {@code action}, and {@code meanwhile} at its {@code nth} place, likewise. */
  boolean with(int nth, Runnable meanwhile, Runnable action) {
    AtomicInteger places = new AtomicInteger();
    between =
        () -> {
          if (places.getAndIncrement() == nth) {
            meanwhile.run();
          }
        };
    try {
      action.run();
    } finally {
      between = () -> {};
    }
    return places.get() > nth;
  }

  private void deliver(Page page) {
    if (!page.events().isEmpty()) {
      registry.deliver(stepping(page.events()), page.through());
    }
    step.run();
  }

  /** A batch in whose dealing out others may come between any two events. */
  private List<Event> stepping(List<Event> batch) {
    return new AbstractList<>() {
      @Override
      public Event get(int index) {
        step.run();
        return batch.get(index);
      }

      @Override
      public int size() {
        step.run();
        return batch.size();
      }
    };
  }

  // Reading.

  TestClient connect(View view, StartAt wish) {
    return new TestClient(this).connect(view, wish);
  }

  /** Connects one that presents {@code position} as its Last-Event-ID, and serves it. */
  TestClient connect(View view, Object position) {
    TestClient client = connect(view, new StartAt(position.toString(), null));
    settle();
    return client;
  }

  /** Connects one that wants what comes, and serves it. */
  TestClient connect(View view) {
    TestClient client = connect(view, StartAt.NOW);
    settle();
    return client;
  }

  /** Runs what waits for a thread. */
  void settle() {
    while (pool.waiting() + blocking.waiting() > 0) {
      pool.runAll();
      blocking.runAll();
      step.run();
    }
  }

  /** Lets time pass, turning the wheel as the container's timer does. */
  void pass(Duration time) {
    long end = nanos.get() + time.toNanos();
    while (nanos.get() < end) {
      nanos.set(Math.min(end, nanos.get() + 100_000_000L));
      wheel.tick();
    }
    // A deadline is met at the first turn after it.
    nanos.addAndGet(100_000_000L);
    wheel.tick();
    nanos.addAndGet(-100_000_000L);
  }

  /** A connection of this hub, watched for what breaks the servlet contract. */
  FakeServletOutput output() {
    FakeServletOutput output = new FakeServletOutput().callingInsideSetListener().stepping(step);
    outputs.add(output);
    return output;
  }

  Runnable pause() {
    return pause;
  }

  /** What any connection saw that breaks the servlet contract. */
  List<String> violations() {
    return outputs.stream().flatMap(output -> output.violations().stream()).toList();
  }

  /** Ends the test: what any connection saw must have been in order. */
  @Override
  public void close() {
    registry.close();
    if (!violations().isEmpty()) {
      throw new AssertionError(violations());
    }
    if (metrics.replayed() > metrics.delivered()) {
      throw new AssertionError(metrics.replayed() + " replayed of " + metrics.delivered());
    }
  }
}
