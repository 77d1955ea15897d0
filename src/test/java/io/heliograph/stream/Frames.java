package io.heliograph.stream;

import io.heliograph.event.EventId;
import io.heliograph.sse.Frame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Frames whose bytes say which they are. */
final class Frames {
  private Frames() {}

  static EventId id(long value) {
    return new EventId(value);
  }

  static Frame frame(long id) {
    return frame(id, 0);
  }

  /** One of {@code size} bytes, or as many as it takes to say its number. */
  static Frame frame(long id, int size) {
    String text = "<" + id + ">";
    String padding = ".".repeat(Math.max(0, size - text.length()));
    return new Frame(id(id), (text + padding).getBytes(StandardCharsets.UTF_8));
  }

  static List<Frame> frames(long from, long to) {
    List<Frame> frames = new ArrayList<>();
    for (long id = from; id <= to; id++) {
      frames.add(frame(id));
    }
    return frames;
  }

  /** What a pump would write of {@code block} from frame {@code first} on. */
  static String text(FrameBlock block, int first) {
    int start = block.start(first);
    return new String(
        block.bytes(), start, block.start(block.count()) - start, StandardCharsets.UTF_8);
  }
}
