package io.heliograph.stream;

import static io.heliograph.stream.Frames.frame;
import static io.heliograph.stream.Frames.frames;
import static io.heliograph.stream.Frames.id;
import static io.heliograph.stream.Frames.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.sse.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameBlockTest {

  @Test
  void joinsFramesInOrder() {
    FrameBlock block = FrameBlock.join(frames(11, 15), 100).get(0);

    assertEquals("<11><12><13><14><15>", text(block, 0));
    assertEquals("<14><15>", text(block, 3));
    assertEquals("", text(block, 5));
    assertEquals(5, block.count());
    assertEquals(id(15), block.last());
    assertEquals(id(12), block.id(1));
    assertEquals(100, block.ordinal(0));
    assertEquals(105, block.endOrdinal());
  }

  @Test
  void sharesTheBytesOfALoneFrame() {
    Frame only = frame(7);

    assertSame(only.bytes(), FrameBlock.join(List.of(only), 0).get(0).bytes());
  }

  @Test
  void findsTheFirstFrameAfterAPosition() {
    FrameBlock block =
        FrameBlock.join(List.of(frame(10), frame(20), frame(30), frame(40)), 0).get(0);

    for (int position = 0; position < 50; position++) {
      int expected = position < 10 ? 0 : Math.min(4, position / 10);
      assertEquals(expected, block.indexAfter(id(position)), "after " + position);
    }
  }

  /** Whatever the sizes: all frames, in order, in blocks that keep the limit unless one cannot. */
  @Test
  void keepsTheLimit_unlessASingleFrameIsLarger() {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      List<Frame> frames = new ArrayList<>();
      StringBuilder expected = new StringBuilder();
      for (int i = 1; i <= 30; i++) {
        int size = random.nextInt(10) == 0 ? FrameBlock.LIMIT_BYTES + random.nextInt(99) : 3_000;
        frames.add(frame(i, size));
        expected.append(
            new String(frames.get(i - 1).bytes(), java.nio.charset.StandardCharsets.UTF_8));
      }
      StringBuilder joined = new StringBuilder();
      long ordinal = 7;
      for (FrameBlock block : FrameBlock.join(frames, 7)) {
        assertTrue(block.bytes().length <= FrameBlock.LIMIT_BYTES || block.count() == 1);
        assertTrue(block.weightBytes() > block.bytes().length);
        assertEquals(ordinal, block.ordinal(0));
        ordinal = block.endOrdinal();
        joined.append(text(block, 0));
      }
      assertEquals(expected.toString(), joined.toString());
      assertEquals(37, ordinal);
    }
  }
}
