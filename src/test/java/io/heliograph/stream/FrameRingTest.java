package io.heliograph.stream;

import static io.heliograph.stream.Frames.frame;
import static io.heliograph.stream.Frames.frames;
import static io.heliograph.stream.Frames.id;
import static io.heliograph.stream.Frames.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.EventId;
import io.heliograph.stream.FrameRing.Evicted;
import io.heliograph.stream.FrameRing.Tail;
import io.heliograph.stream.FrameRing.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a ring holds, what it gives up, and what a reader may rely on meanwhile.
 *
 * <p>Holds the invariant "what a ring may hold is bounded, and the bound is configured". Seen red:
 * no {@code budget.enforce()}; the budget evicting the newest ring's oldest block instead of the
 * oldest of all; {@code evictOldest} and {@code evictExcess} that leave the floor where it was;
 * {@code Window.after} that takes a null slot for no block.
 */
class FrameRingTest {
  private static final long AMPLE = 1L << 30;

  private final RingBudget budget = new RingBudget(AMPLE);

  private FrameRing ring(int limitFrames, long limitBytes) {
    FrameRing ring = new FrameRing(limitFrames, limitBytes, budget);
    ring.beginAfter(() -> id(0));
    return ring;
  }

  private static void add(FrameRing ring, long from, long to) {
    ring.append(FrameBlock.join(frames(from, to), ring.headOrdinal()));
    ring.evictExcess();
  }

  private static String read(FrameRing ring, EventId after) throws Evicted {
    StringBuilder all = new StringBuilder();
    EventId cursor = after;
    Window window = ring.window();
    for (FrameBlock block = window.after(cursor); block != null; block = window.after(cursor)) {
      all.append(text(block, block.indexAfter(cursor)));
      cursor = block.last();
    }
    return all.toString();
  }

  @Test
  void givesWhatComesAfterACursor() throws Evicted {
    FrameRing ring = ring(100, AMPLE);
    add(ring, 1, 3);
    add(ring, 4, 4);
    add(ring, 5, 9);

    assertEquals("<1><2><3><4><5><6><7><8><9>", read(ring, id(0)));
    assertEquals("<3><4><5><6><7><8><9>", read(ring, id(2)));
    assertEquals("<9>", read(ring, id(8)));
    assertEquals("", read(ring, id(9)));
    assertEquals("", read(ring, id(1000)));
  }

  @Test
  void nobodyIsInside_beforeItIsOpened_orAfterItWasDropped() {
    FrameRing ring = new FrameRing(10, AMPLE, budget);
    assertTrue(ring.window().isBehind(id(1L << 52)));
    ring.beginAfter(() -> id(7));
    assertTrue(ring.window().isBehind(id(6)));
    assertFalse(ring.window().isBehind(id(7)));
    ring.append(FrameBlock.join(frames(8, 9), 0));
    ring.drop();

    assertTrue(ring.window().isBehind(id(1L << 52)));
    assertEquals(0, budget.heldBytes());
    assertEquals(2, ring.headOrdinal(), "ordinals go on");
  }

  @Test
  void whoStandsBeforeWhatWasInvalidated_isBehind() throws Evicted {
    FrameRing ring = ring(10, AMPLE);
    add(ring, 1, 5);
    ring.invalidate(id(7));

    assertTrue(ring.window().isBehind(id(6)));
    assertFalse(ring.window().isBehind(id(7)));
    assertEquals(0, budget.heldBytes());
    add(ring, 8, 9);
    assertEquals("<8><9>", read(ring, id(7)));
  }

  /** A ring of 10 holds the last 10, however they were batched. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 10, 11, 40})
  void isBoundedByCount_toTheFrame(int batch) {
    FrameRing ring = ring(10, AMPLE);
    for (long first = 1; first <= 200; first += batch) {
      long last = first + batch - 1;
      add(ring, first, last);
      EventId tail = id(Math.max(0, last - 10));
      assertEquals(new Tail(tail, tail.value()), ring.window().policyTail());
      assertFalse(ring.window().isBehind(tail));
      assertEquals(last > 10, ring.window().isBehind(id(Math.max(0, tail.value() - 1))));
    }
  }

  @Test
  void holdsABatchWhole_untilEveryoneWasWoken() throws Evicted {
    FrameRing ring = ring(10, AMPLE);
    ring.append(FrameBlock.join(frames(1, 50), 0));

    assertFalse(ring.window().isBehind(id(0)));
    assertTrue(read(ring, id(0)).startsWith("<1>"));
    ring.evictExcess();
    assertTrue(ring.window().isBehind(id(39)));
  }

  @Test
  void isBoundedByBytes_butKeepsTheNewestBlock() {
    FrameRing ring = ring(1000, 5_000);
    for (long i = 1; i <= 50; i++) {
      ring.append(FrameBlock.join(List.of(frame(i, 1_000)), ring.headOrdinal()));
      ring.evictExcess();
      assertTrue(budget.heldBytes() <= 5_000);
    }
    assertEquals(new Tail(id(46), 46), ring.window().policyTail());
    ring.append(FrameBlock.join(List.of(frame(51, 20_000)), ring.headOrdinal()));
    ring.evictExcess();

    assertEquals(new Tail(id(50), 50), ring.window().policyTail());
    assertFalse(ring.window().isBehind(id(50)));
  }

  @Test
  void anOldWindow_saysThatItsBlockHasGone() {
    FrameRing ring = ring(3, AMPLE);
    add(ring, 1, 1);
    add(ring, 2, 2);
    add(ring, 3, 3);
    Window old = ring.window();
    add(ring, 4, 4);
    add(ring, 5, 5);

    assertThrows(Evicted.class, () -> old.after(id(0)));
    assertThrows(Evicted.class, () -> old.after(id(1)));
  }

  @Test
  void evictionByTheBudget_movesTheFloor_butNotThePolicysTail() {
    RingBudget small = new RingBudget(1_000);
    FrameRing ring = new FrameRing(1000, AMPLE, small);
    ring.beginAfter(() -> id(0));
    for (long i = 1; i <= 20; i++) {
      add(ring, i, i);
      assertTrue(small.heldBytes() <= 1_000);
    }

    assertTrue(ring.window().isBehind(id(10)));
    assertFalse(ring.window().isBehind(id(19)));
    assertEquals(new Tail(EventId.NONE, 0), ring.window().policyTail());
  }

  @Test
  void theOldestBlockOfAnyRingGoesFirst() {
    RingBudget small = new RingBudget(600);
    List<FrameRing> rings = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      FrameRing ring = new FrameRing(1000, AMPLE, small);
      ring.beginAfter(() -> id(0));
      rings.add(ring);
    }
    add(rings.get(0), 1, 1);
    add(rings.get(1), 2, 2);
    add(rings.get(2), 3, 3);
    add(rings.get(2), 4, 4);
    add(rings.get(1), 5, 5);
    add(rings.get(1), 6, 6);

    assertTrue(rings.get(0).window().isBehind(id(0)), "it had the oldest");
    assertFalse(rings.get(2).window().isBehind(id(2)));
    assertTrue(rings.get(1).window().isBehind(id(1)));
    assertFalse(rings.get(1).window().isBehind(id(4)));
  }

  @Test
  void aBlockLargerThanTheBudget_isNotKept() throws Evicted {
    RingBudget small = new RingBudget(1_000);
    FrameRing ring = new FrameRing(1000, AMPLE, small);
    ring.beginAfter(() -> id(0));
    ring.append(FrameBlock.join(List.of(frame(1, 5_000)), 0));

    assertEquals(0, small.heldBytes());
    assertTrue(ring.window().isBehind(id(0)));
    assertNull(ring.window().after(id(1)));
    add(ring, 2, 2);
    assertEquals("<2>", read(ring, id(1)));
  }

  @Test
  void twentyThousandRings_stayWithinTheBudget() {
    RingBudget shared = new RingBudget(256 * 1024);
    List<FrameRing> rings = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      FrameRing ring = new FrameRing(1000, AMPLE, shared);
      ring.beginAfter(() -> id(0));
      rings.add(ring);
    }
    Random random = new Random(5);
    for (long i = 1; i <= 100_000; i++) {
      FrameRing ring = rings.get(random.nextInt(rings.size()));
      ring.append(FrameBlock.join(List.of(frame(i, random.nextInt(200))), ring.headOrdinal()));
      ring.evictExcess();
      assertTrue(shared.heldBytes() <= 256 * 1024);
    }
    rings.forEach(FrameRing::drop);

    assertEquals(0, shared.heldBytes());
  }

  /** Random life of several rings against what they must hold. */
  @Test
  void isWhatItSays_whateverHappens() throws Evicted {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      RingBudget small = new RingBudget(500 + random.nextInt(3_000));
      int limit = 1 + random.nextInt(20);
      FrameRing ring = new FrameRing(limit, 4_096, small);
      FrameRing other = new FrameRing(20, 4_096, small);
      ring.beginAfter(() -> id(0));
      other.beginAfter(() -> id(0));
      long head = 0;
      for (int i = 0; i < 60; i++) {
        long to = head + 1 + random.nextInt(8);
        add(random.nextInt(3) == 0 ? other : ring, head + 1, to);
        if (ring.window().headOrdinal() > 0) {
          Window window = ring.window();
          EventId cursor = id(random.nextInt((int) to + 1));
          if (!window.isBehind(cursor)) {
            String read = read(ring, cursor);
            String expected = expected(window, cursor);
            assertEquals(expected, read, "seed " + seed);
          }
          int inside = read(ring, window.floor()).split("<", -1).length - 1;
          assertTrue(inside <= limit, "seed " + seed);
        }
        assertTrue(small.heldBytes() <= 3_500);
        head = to;
      }
    }
  }

  private static String expected(Window window, EventId cursor) {
    StringBuilder all = new StringBuilder();
    for (int i = window.from(); i < window.to(); i++) {
      FrameBlock block = window.blocks()[i];
      for (int f = 0; f < block.count(); f++) {
        if (block.id(f).isAfter(cursor)) {
          all.append("<").append(block.id(f)).append(">");
        }
      }
    }
    return all.toString();
  }

  /** Readers with old windows, while the follower appends and evicts: a block or "behind". */
  @Test
  void aReaderNeverSeesAHole_whileItIsChanged() throws Exception {
    FrameRing ring = ring(8, AMPLE);
    AtomicBoolean isOver = new AtomicBoolean();
    List<String> wrong = new ArrayList<>();
    Thread reader =
        new Thread(
            () -> {
              long next = 1;
              while (!isOver.get()) {
                Window window = ring.window();
                if (window.isBehind(id(next - 1))) {
                  next = window.floor().value() + 1;
                  continue;
                }
                try {
                  FrameBlock block = window.after(id(next - 1));
                  if (block != null) {
                    long found = block.id(block.indexAfter(id(next - 1))).value();
                    if (found != next) {
                      wrong.add(found + " instead of " + next);
                      return;
                    }
                    next = block.last().value() + 1;
                  }
                } catch (Evicted e) {
                  // Then the present window knows better, at the next turn.
                }
              }
            });
    reader.start();
    Random random = new Random(3);
    for (long head = 0; head < 300_000; ) {
      long to = head + 1 + random.nextInt(4);
      add(ring, head + 1, to);
      head = to;
    }
    isOver.set(true);
    reader.join(10_000);

    assertEquals(List.of(), wrong);
  }
}
