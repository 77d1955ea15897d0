package io.heliograph.stream;

import static io.heliograph.stream.Frames.frame;
import static io.heliograph.stream.Frames.frames;
import static io.heliograph.stream.Frames.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.EventId;
import io.heliograph.sse.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FramePageTest {

  @Test
  void aStretchWithoutEvents_isOnePageWithoutABlock() {
    assertEquals(List.of(new FramePage(null, id(5), id(9))), FramePage.of(List.of(), id(5), id(9)));
  }

  @Test
  void fewEvents_areOnePage_thatReachesToItsEnd() {
    List<FramePage> pages = FramePage.of(frames(6, 8), id(5), id(900));

    assertEquals(1, pages.size());
    assertEquals(id(5), pages.get(0).from());
    assertEquals(id(900), pages.get(0).through());
  }

  /**
   * Holds the invariant "memory per subscriber is constant": a page is what one who is stuck may
   * keep. Seen red: a page of all the blocks that one reading of the log gave, up to 8 MiB.
   */
  @Test
  void aPageIsOneBlockAtMost_andTheyFollowOneAnother() {
    Random random = new Random(4);
    for (int round = 0; round < 300; round++) {
      List<Frame> frames = new ArrayList<>();
      int count = 1 + random.nextInt(60);
      for (int i = 1; i <= count; i++) {
        frames.add(frame(10L * i, random.nextInt(20_000)));
      }
      EventId position = id(3);
      int seen = 0;
      for (FramePage page : FramePage.of(frames, id(3), id(1_000_000))) {
        assertEquals(position, page.from());
        position = page.through();
        FrameBlock block = page.block();
        int events = block == null ? 0 : block.count();
        assertTrue(events > 0);
        assertTrue(page.weightBytes() <= FrameBlock.LIMIT_BYTES + 220 + 8L * events);
        seen += events;
      }
      assertEquals(id(1_000_000), position);
      assertEquals(count, seen);
    }
  }
}
