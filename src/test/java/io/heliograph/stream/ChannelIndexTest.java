package io.heliograph.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.Event;
import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Holds the invariant "who sees what is decided by one function": what the index finds is what
 * {@link View#accepts} says. Seen red: tenant and owner not combined; a type looked up without the
 * key; a view of several types found under the first one only.
 */
class ChannelIndexTest {
  private static final String[] STREAMS = {"s", "r"};
  private static final String[] KEYS = {"a", "b", "c"};
  private static final String[] TENANTS = {"1", "2"};
  private static final String[] OWNERS = {"m", "n"};
  private static final String[] TYPES = {"t", "u", "v"};

  private final TestHub hub = new TestHub();
  private final ChannelIndex index = new ChannelIndex();
  private final Random random = new Random(42);

  @AfterEach
  void close() {
    hub.close();
  }

  private Channel made(View view) {
    return new Channel(
        view,
        StreamPolicy.defaults("s"),
        new FrameRing(10, 10_000, new RingBudget(1 << 20)),
        hub.registry,
        1);
  }

  private Channel add(View view) {
    return index.use(view, this::made, channel -> {});
  }

  private List<View> found(Event event) {
    List<View> views = new ArrayList<>();
    index.forEachMatching(event, channel -> views.add(channel.view()));
    return views;
  }

  private @Nullable String maybe(String[] from) {
    return random.nextBoolean() ? null : from[random.nextInt(from.length)];
  }

  private Set<String> some(String[] from) {
    Set<String> some = new HashSet<>();
    for (String one : from) {
      if (random.nextInt(3) == 0) {
        some.add(one);
      }
    }
    return some;
  }

  private View anyView() {
    return new View(
        STREAMS[random.nextInt(2)], maybe(KEYS), maybe(TENANTS), maybe(OWNERS), some(TYPES));
  }

  private Event anyEvent() {
    return new Event(
        new EventId(1),
        Instant.EPOCH,
        new EventDraft(
            STREAMS[random.nextInt(2)],
            List.copyOf(some(KEYS)),
            maybe(TENANTS),
            maybe(OWNERS),
            TYPES[random.nextInt(3)],
            EventData.of("{}"),
            null,
            false));
  }

  @Test
  void findsWhatTheViewsAccept_eachOnce_whileChannelsComeAndGo() {
    Map<View, Channel> live = new HashMap<>();
    for (int round = 0; round < 20_000; round++) {
      View view = anyView();
      if (random.nextInt(3) > 0) {
        live.put(view, add(view));
      } else {
        Channel channel = live.remove(view);
        assertEquals(channel != null, channel != null && index.removeIf(channel, c -> true));
      }
      Event event = anyEvent();
      List<View> found = found(event);
      Set<View> expected = new HashSet<>(live.keySet());
      expected.removeIf(known -> !known.accepts(event));
      assertEquals(expected, new HashSet<>(found));
      assertEquals(expected.size(), found.size(), "one was met twice");
      assertEquals(live.size(), index.size());
    }
  }

  @Test
  void holdsNothing_afterAllHaveGone() {
    List<Channel> channels = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      channels.add(add(anyView()));
    }
    channels.forEach(channel -> index.removeIf(channel, c -> true));

    assertEquals(0, index.size());
    for (int i = 0; i < 500; i++) {
      assertEquals(List.of(), found(anyEvent()));
    }
  }

  @Test
  void removesOnlyTheChannelItself_andOnlyIfUnused() {
    View view = View.of("s");
    Channel first = add(view);
    assertFalse(index.removeIf(first, channel -> false));
    assertTrue(index.removeIf(first, channel -> true));
    Channel second = add(view);

    assertFalse(index.removeIf(first, channel -> true));
    assertTrue(index.removeIf(second, channel -> true));
  }

  /**
   * Seen red: a list of channels of one type, found by one thread, emptied and taken out by
   * another, and then added to.
   */
  @Test
  void losesNoChannel_whileOthersOfItsTypeGo() throws Exception {
    View one = View.of("s").withTypes(Set.of("t"));
    View both = View.of("s").withTypes(Set.of("t", "u"));
    Event event =
        new Event(
            new EventId(1),
            Instant.EPOCH,
            new EventDraft("s", List.of(), null, null, "t", EventData.of("{}"), null, false));
    int rounds = 30_000;
    CyclicBarrier barrier = new CyclicBarrier(2);
    Channel stays = made(one);
    Thread other =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < rounds; i++) {
                  Channel goes = add(both);
                  barrier.await();
                  index.removeIf(goes, channel -> true);
                  barrier.await();
                }
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    other.start();
    int lost = 0;
    for (int i = 0; i < rounds; i++) {
      barrier.await();
      index.use(one, view -> stays, channel -> {});
      barrier.await();
      lost += found(event).contains(one) ? 0 : 1;
      index.removeIf(stays, channel -> true);
    }
    other.join(10_000);

    assertEquals(0, lost);
  }
}
