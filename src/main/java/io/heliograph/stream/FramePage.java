package io.heliograph.stream;

import io.heliograph.event.EventId;
import io.heliograph.sse.Frame;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of the log as frames, shared by all who read it: everything of its view after {@code
 * from} up to and including {@code through}. One block at most, because a stuck subscriber may keep
 * it.
 */
record FramePage(@Nullable FrameBlock block, EventId from, EventId through) {

  /** The stretches, one after another, that {@code frames} make; at least one. */
  static List<FramePage> of(List<Frame> frames, EventId from, EventId through) {
    if (frames.isEmpty()) {
      return List.of(new FramePage(null, from, through));
    }
    List<FramePage> pages = new ArrayList<>(1);
    EventId begin = from;
    for (FrameBlock block : FrameBlock.join(frames, 0)) {
      pages.add(new FramePage(block, begin, block.last()));
      begin = block.last();
    }
    FramePage last = pages.remove(pages.size() - 1);
    pages.add(new FramePage(last.block(), last.from(), through));
    return pages;
  }

  long weightBytes() {
    return (block == null ? 0 : block.weightBytes()) + 100;
  }

  boolean covers(EventId cursor) {
    return !from.isAfter(cursor) && through.isAfter(cursor);
  }
}
