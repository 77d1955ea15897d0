package io.heliograph.stream;

import static io.heliograph.stream.TestHub.ALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.Event;
import io.heliograph.event.EventId;
import io.heliograph.log.Page;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One who comes to a view that nobody listened to, while the follower is between two batches. */
class NewcomerTest {
  /**
   * Seen red: the wake in between took the newcomer off the list before any batch could find it.
   */
  @Test
  void isWokenForTheSecondBatch_whenItComesBetweenTheTwo_atEveryPoint() {
    int place = 0;
    for (boolean isReached = true; isReached; place++) {
      TestHub hub = new TestHub("heartbeat.every", "0");
      // Its clock is asked while a place among the channels is being made for one that comes back.
      Channel kept = hub.registry.channel(ALL);
      hub.pass(Duration.ofSeconds(31));
      hub.publish();
      EventId first = hub.append();
      deliver(hub, first);
      EventId second = hub.append();
      Runnable between =
          () -> {
            hub.registry.wake(first);
            deliver(hub, second);
          };
      TestClient fresh = new TestClient(hub);
      isReached = hub.with(place, between, () -> fresh.connect(kept, StartAt.NOW));
      if (!isReached) {
        between.run();
      }
      hub.settle();
      hub.registry.wake(second);
      hub.settle();

      EventId stood = fresh.ids().get(0);
      assertEquals(hub.log.ids(ALL, stood), fresh.events(), "place " + place);
      hub.close();
    }
    assertTrue(place > 2, place + " places");
  }

  private static void deliver(TestHub hub, EventId id) {
    Page page = hub.log.read(ALL, new EventId(id.value() - 1), 1);
    List<Event> batch = page.events();
    hub.registry.deliver(batch, id);
  }

  /** Seen red: each of the channels that an event concerns encoded it for itself. */
  @Test
  void sharesTheFrame_withEveryViewThatMatches() {
    TestHub hub = new TestHub();
    hub.connect(ALL);
    hub.connect(ALL.withKey("k"));
    hub.publish("k");

    assertEquals(bytes(hub, "k"), bytes(hub, null), "not the same array");
    hub.close();
  }

  private static int bytes(TestHub hub, @Nullable String key) {
    FrameRing.Window window = hub.registry.channel(ALL.withKey(key)).ring().window();
    return System.identityHashCode(window.blocks()[window.to() - 1].bytes());
  }
}
