package io.heliograph.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.Event;
import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import io.heliograph.log.Page;
import io.heliograph.metrics.HubMetrics;
import io.heliograph.settings.Settings;
import io.heliograph.sse.FakeServletOutput;
import io.heliograph.sse.ServletEventSink;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The same as {@link DeliveryInterleavingTest} on threads of their own, with fan-out workers and
 * the catch-up pool as they are: readers on channels that come and go while batches are dealt out.
 */
class DeliveryStressTest {
  private static final int VISITS = 120;
  private static final View ALL = View.of("s");

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final MemoryEventLog log = new MemoryEventLog(() -> Instant.EPOCH);
  private final TimingWheel wheel = new TimingWheel(System::nanoTime);
  private final HubMetrics metrics = new HubMetrics(null);
  private final AtomicBoolean isReading = new AtomicBoolean(true);
  private final AtomicBoolean isPublishing = new AtomicBoolean(true);
  private final List<FakeServletOutput> outputs = new ArrayList<>();
  private final StreamRegistry registry = registry();

  private StreamRegistry registry() {
    Settings settings =
        Settings.of(
            Map.of(
                "heliograph.streams", "s",
                "heliograph.stream.s.buffer.events", "20",
                "heliograph.stream.s.heartbeat.every", "0",
                "heliograph.stream.s.replay.limit", "1000000"));
    StreamPolicies policies = StreamPolicies.read(settings);
    settings.check();
    return new StreamRegistry(
        policies,
        new StreamConfig(20_000, 0, Duration.ofSeconds(20)),
        log,
        new StreamRegistry.Surroundings(
            metrics,
            wheel,
            System::nanoTime,
            () -> Instant.EPOCH,
            Executors.defaultThreadFactory(),
            threads,
            2));
  }

  @AfterEach
  void close() throws InterruptedException {
    registry.close();
    threads.shutdownNow();
    assertTrue(threads.awaitTermination(5, TimeUnit.SECONDS));
  }

  @Test
  void nobodyMissesAny_onRealThreads() throws Exception {
    EventId beginning = log.head();
    List<Future<?>> running = new ArrayList<>();
    Future<?> publishing = threads.submit(this::publish);
    Future<?> following = threads.submit(this::follow);
    List<Reader> readers = new ArrayList<>();
    List<View> views =
        List.of(ALL, ALL.withKey("k1"), ALL.withTypes(Set.of("t")), ALL.withKey("k3"));
    for (int i = 0; i < views.size(); i++) {
      Reader reader = new Reader(new Random(i), views.get(i));
      readers.add(reader);
      running.add(threads.submit(reader::read));
    }
    for (Future<?> one : running) {
      one.get(60, TimeUnit.SECONDS);
    }
    isReading.set(false);
    publishing.get(60, TimeUnit.SECONDS);
    isPublishing.set(false);
    following.get(60, TimeUnit.SECONDS);
    for (Reader reader : readers) {
      reader.awaitAll(log.ids(reader.view, reader.from == null ? beginning : reader.from));
    }

    synchronized (outputs) {
      for (FakeServletOutput output : outputs) {
        assertEquals(List.of(), output.violations());
      }
    }
    assertEquals(metrics.active(), registry.connections());
  }

  private void publish() {
    Random random = new Random(99);
    while (isReading.get()) {
      String key = "k" + random.nextInt(6);
      log.append(
          new EventDraft("s", List.of(key), null, null, "t", EventData.of("1"), null, false));
      LockSupport.parkNanos(random.nextInt(100_000));
    }
  }

  private void follow() {
    while (true) {
      boolean isLast = !isPublishing.get();
      EventId applied = registry.applied();
      Page page = log.readAll(applied, 64);
      if (page.through().isAfter(applied)) {
        List<Event> batch = page.events();
        registry.deliver(batch, page.through());
        registry.wake(page.through());
      } else if (isLast) {
        return;
      } else {
        LockSupport.parkNanos(1_000);
      }
    }
  }

  /** Comes and goes, each time with its last id, and each time as the first of its own view too. */
  private final class Reader {
    private final Random random;
    private final View view;
    private final List<EventId> got = new ArrayList<>();
    private @Nullable EventId from;
    private @Nullable EventId last;
    private FakeServletOutput output = new FakeServletOutput();

    Reader(Random random, View view) {
      this.random = random;
      this.view = view;
    }

    void read() {
      for (int visit = 0; visit < VISITS; visit++) {
        connect();
        long until = System.nanoTime() + random.nextInt(2_000_000);
        while (System.nanoTime() < until) {
          output.drain(random.nextInt(500));
        }
        if (visit < VISITS - 1) {
          output.breakOff(new IOException("gone"), FakeServletOutput.Reports.BOTH);
          take();
          // Its channel goes too, so that the next visit makes a new one.
          registry.retire(registry.channel(view));
        }
      }
    }

    private void connect() {
      output =
          new FakeServletOutput()
              .callingInsideSetListener()
              .taking(random.nextInt(3) == 0 ? random.nextInt(400) : Long.MAX_VALUE / 4);
      synchronized (outputs) {
        outputs.add(output);
      }
      ServletEventSink sink = output.sink(System::nanoTime, () -> LockSupport.parkNanos(10_000));
      StartAt wish = last == null ? StartAt.NOW : new StartAt(last.toString(), null);
      registry.channel(view).register(sink, wish, Peer.LOCAL);
    }

    /** What the connection got, as a client would keep it. */
    private void take() {
      String text = output.text();
      String complete = text.substring(0, text.lastIndexOf("\n\n") + 1);
      for (String block : complete.split("\n\n", -1)) {
        assertTrue(!block.contains("event: gap"), block);
        if (block.startsWith("id: ")) {
          String id = block.lines().findFirst().orElseThrow().substring(4);
          last = EventId.parse(id).orElseThrow();
          from = from == null ? last : from;
          if (block.contains("\ndata: ")) {
            got.add(last);
          }
        }
      }
    }

    void awaitAll(List<EventId> expected) {
      output.open();
      long deadline = System.nanoTime() + 10_000_000_000L;
      EventId end = expected.get(expected.size() - 1);
      while (!output.text().contains("id: " + end + "\n") && System.nanoTime() < deadline) {
        LockSupport.parkNanos(1_000_000);
      }
      take();
      assertEquals(expected, got, view.toString());
    }
  }
}
