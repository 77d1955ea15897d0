package io.heliograph.stream;

import io.heliograph.event.EventId;
import java.util.List;

/**
 * A page of the log as frames, shared by all who read it: everything of its view after {@code from}
 * up to and including {@code through}.
 */
record FramePage(List<FrameBlock> blocks, EventId from, EventId through) {
  FramePage {
    blocks = List.copyOf(blocks);
  }

  long weightBytes() {
    return blocks.stream().mapToLong(FrameBlock::weightBytes).sum() + 100;
  }

  boolean covers(EventId cursor) {
    return !from.isAfter(cursor) && through.isAfter(cursor);
  }
}
