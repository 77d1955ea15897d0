package io.heliograph.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.EventId;
import io.heliograph.event.View;
import io.heliograph.sse.SeededSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Batches of events of two keys, dealt out while readers of each, of both and of all come, read, go
 * and come back at any point: nobody misses any, nobody gets one twice or out of order.
 *
 * <p>Holds the invariant "a connection that presents a position gets every later event of its view
 * exactly once and in order", which is what {@code applied} exists for. Seen red with each of these
 * breaks:
 *
 * <ul>
 *   <li>{@code StreamRegistry.deliver} that publishes {@code applied} before the rings are filled;
 *   <li>{@code StreamRegistry.wake} that wakes before it publishes {@code applied};
 *   <li>{@code StreamRegistry.used} that opens a new ring after {@code applied} instead of after
 *       {@code delivering};
 *   <li>{@code Subscription.writeFromRing} that moves the cursor to the ring's head;
 *   <li>a heartbeat that carries {@code applied} whatever lies between it and the cursor;
 *   <li>{@code FrameRing.evictOldest} that leaves the floor where it was.
 * </ul>
 */
class DeliveryInterleavingTest {
  private static final int SCHEDULES = 400;
  private static final int EVENTS_AT_MOST = 40;

  /** What the rings can hold. */
  enum Memory {
    AMPLE,
    /** Rings of three events: readers fall behind them again and again. */
    SHORT_RINGS,
    /** The node's budget takes hardly a block. */
    SHORT_BUDGET
  }

  @ParameterizedTest
  @EnumSource(Memory.class)
  void nobodyMissesAny_inEveryInterleaving(Memory memory) {
    for (int seed = 0; seed < SCHEDULES; seed++) {
      new Scenario(seed, memory).run();
    }
  }

  private static final class Scenario {
    private final SeededSchedule schedule;
    private final Random random;
    private final TestHub hub;
    private final EventId beginning;
    private final String name;
    private final List<Reader> readers = new ArrayList<>();
    private final AtomicInteger publishing = new AtomicInteger(1);
    private final AtomicInteger running = new AtomicInteger();

    Scenario(int seed, Memory memory) {
      schedule = new SeededSchedule(seed);
      random = schedule.random();
      name = memory + " seed " + seed;
      hub =
          new TestHub(
              memory == Memory.SHORT_BUDGET ? 600 : 1 << 20,
              schedule,
              "buffer.events",
              memory == Memory.SHORT_RINGS ? "3" : "1000",
              "heartbeat.every",
              random.nextBoolean() ? "1s" : "0",
              "replay.limit",
              "100000");
      beginning = hub.log.head();
      View all = TestHub.ALL;
      for (View view :
          List.of(all.withKey("a"), all.withKey("b"), all, all.withTypes(Set.of("t", "u")))) {
        readers.add(new Reader(view));
      }
    }

    void run() {
      schedule
          .actor("publisher", this::publish)
          .actor("follower", this::follow)
          .actor("pool", this::pool)
          .actor("clock", this::clock);
      running.set(readers.size() + 2);
      for (Reader reader : readers) {
        schedule.actor(reader.view.toString(), () -> acting(reader::readAndReturn));
      }
      schedule.run();
      for (Reader reader : readers) {
        reader.finish();
      }
      hub.settle();
      readers.forEach(Reader::check);
      hub.close();
    }

    private void acting(Runnable action) {
      action.run();
      running.decrementAndGet();
    }

    private void publish() {
      String[][] keys = {{"a"}, {"b"}, {"a", "b"}, {}, {"c"}};
      int events = 1 + random.nextInt(EVENTS_AT_MOST);
      for (int i = 0; i < events; i++) {
        hub.append(random.nextInt(4) == 0 ? "u" : "t", false, keys[random.nextInt(keys.length)]);
        if (random.nextInt(3) == 0) {
          schedule.step();
        }
      }
      publishing.set(0);
    }

    private void follow() {
      schedule.await(
          () -> {
            boolean isLast = publishing.get() == 0;
            return !hub.followOnce(1 + random.nextInt(6)) && isLast;
          });
      running.decrementAndGet();
    }

    private void pool() {
      schedule.await(() -> !hub.pool.runOne() && running.get() == 0);
    }

    private void clock() {
      for (int i = 0; i < 6; i++) {
        hub.nanos.addAndGet(1_100_000_000L);
        hub.wheel.tick();
        schedule.step();
      }
      running.decrementAndGet();
    }

    private final class Reader {
      private final View view;
      private final TestClient client = new TestClient(hub);
      private boolean wasFresh;

      Reader(View view) {
        this.view = view;
      }

      void readAndReturn() {
        for (int visits = 1 + random.nextInt(3); visits > 0; visits--) {
          for (int i = random.nextInt(20); i > 0; i--) {
            schedule.step();
          }
          client.taking(random.nextInt(4) == 0 ? random.nextInt(300) : Long.MAX_VALUE / 4);
          connect();
          for (int i = random.nextInt(40); i > 0; i--) {
            schedule.step();
            if (random.nextInt(4) == 0) {
              client.output().drain(random.nextInt(400));
            }
          }
          if (visits > 1) {
            client.disconnect();
          }
        }
      }

      private void connect() {
        EventId last = client.lastId().orElse(null);
        if (last != null) {
          client.connect(view, new StartAt(last.toString(), null));
        } else if (random.nextBoolean()) {
          wasFresh = true;
          client.connect(view, StartAt.NOW);
        } else {
          client.connect(view, new StartAt(beginning.toString(), null));
        }
      }

      void finish() {
        client.output().open();
      }

      void check() {
        EventId from = wasFresh ? client.ids().get(0) : beginning;
        String what = name + ", " + view;
        assertEquals(hub.log.ids(view, from), client.events(), what);
        assertEquals(List.of(), client.named("gap"), what);
        List<EventId> ids = client.ids();
        for (int i = 1; i < ids.size(); i++) {
          assertTrue(!ids.get(i - 1).isAfter(ids.get(i)), what + ": ids go back");
        }
      }
    }
  }
}
