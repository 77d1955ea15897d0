package io.heliograph.stream;

import io.heliograph.event.EventId;
import io.heliograph.sse.Chunk;
import org.jspecify.annotations.Nullable;

/** The page of the log that one subscriber is being written from, and how far it has come in it. */
final class PageAtHand {
  private @Nullable FramePage page;
  private int nextBlock;

  void take(FramePage taken) {
    page = taken;
    nextBlock = 0;
  }

  void drop() {
    page = null;
  }

  boolean isEmpty() {
    return page == null;
  }

  /** Where the page ends; only while there is one. */
  EventId through() {
    FramePage current = page;
    if (current == null) {
      throw new IllegalStateException("there is no page at hand");
    }
    return current.through();
  }

  /**
   * Fills {@code chunk} with the next block's frames after {@code after}.
   *
   * @return the block, or null if nothing of the page is left
   */
  @Nullable FrameBlock next(Chunk chunk, EventId after) {
    FramePage current = page;
    while (current != null && nextBlock < current.blocks().size()) {
      FrameBlock block = current.blocks().get(nextBlock++);
      if (block.last().isAfter(after)) {
        chunk.set(block.bytes(), block.start(block.indexAfter(after)), block.start(block.count()));
        return block;
      }
    }
    return null;
  }
}
