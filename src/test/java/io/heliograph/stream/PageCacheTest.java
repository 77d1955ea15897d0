package io.heliograph.stream;

import static io.heliograph.stream.Frames.frames;
import static io.heliograph.stream.Frames.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.View;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageCacheTest {
  private static final View VIEW = View.of("s");

  private static FramePage page(long from, long through) {
    return FramePage.of(frames(from + 1, through), id(from), id(through)).get(0);
  }

  @Test
  void findsAPageByWhatItCovers() {
    PageCache cache = new PageCache(1 << 20);
    FramePage page = page(256, 512);
    cache.put(VIEW, page);

    assertSame(page, cache.find(VIEW, id(256)));
    assertSame(page, cache.find(VIEW, id(400)));
    assertSame(page, cache.find(VIEW, id(511)));
    assertNull(cache.find(VIEW, id(512)), "it has nothing after this");
    assertNull(cache.find(VIEW, id(255)));
  }

  @Test
  void keepsViewsApart() {
    PageCache cache = new PageCache(1 << 20);
    cache.put(VIEW.withKey("a"), page(0, 10));

    assertNull(cache.find(VIEW, id(5)));
    assertNull(cache.find(VIEW.withKey("b"), id(5)));
  }

  @Test
  void takesTheLongerOfTwoThatBeginAlike() {
    PageCache cache = new PageCache(1 << 20);
    FramePage grown = page(0, 20);
    cache.put(VIEW, page(0, 10));
    cache.put(VIEW, grown);
    cache.put(VIEW, page(0, 15));

    assertSame(grown, cache.find(VIEW, id(3)));
  }

  @Test
  void forgetsTheOldest_andStaysWithinItsBound() {
    long one = page(0, 256).weightBytes();
    PageCache cache = new PageCache(3 * one + 400);
    for (long from = 0; from < 100 * 256; from += 256) {
      cache.put(VIEW.withKey("k" + from % 5), page(from, from + 256));
      assertTrue(cache.heldBytes() <= 3 * one + 400);
    }

    assertNull(cache.find(VIEW.withKey("k0"), id(0)));
    assertEquals(
        99L * 256 + 256,
        List.of(0, 1, 2, 3, 4).stream()
            .map(k -> cache.find(VIEW.withKey("k" + k), id(99 * 256)))
            .filter(p -> p != null)
            .mapToLong(p -> p.through().value())
            .max()
            .orElse(0));
  }

  @Test
  void holdsNothing_whenAPageIsLargerThanItsBound() {
    PageCache cache = new PageCache(10);
    cache.put(VIEW, page(0, 10));

    assertEquals(0, cache.heldBytes());
    assertNull(cache.find(VIEW, id(5)));
  }
}
