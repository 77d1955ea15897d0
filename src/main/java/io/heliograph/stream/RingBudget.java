package io.heliograph.stream;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The bytes that all rings of the node may hold together ({@code heliograph.rings.bytes}).
 *
 * <p>When they are too many, the oldest block of whichever ring goes first: what is oldest is
 * nearest to being everywhere already. Its lock guards every ring's changes; it is held for a few
 * assignments, never over I/O.
 */
final class RingBudget {
  private final long limitBytes;

  // Guarded by this. Blocks of all rings in the order of their coming (they have identity, not
  // equality); removal from the middle is as cheap as from the end.
  private final Map<FrameBlock, FrameRing> held = new LinkedHashMap<>();
  private volatile long heldBytes;

  RingBudget(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** What all rings hold now, never more than the limit but within {@link FrameRing#append}. */
  long heldBytes() {
    return heldBytes;
  }

  synchronized void hold(FrameRing ring, FrameBlock block) {
    held.put(block, ring);
    heldBytes = heldBytes + block.weightBytes();
  }

  synchronized void release(FrameBlock block) {
    if (held.remove(block) != null) {
      heldBytes = heldBytes - block.weightBytes();
    }
  }

  synchronized void enforce() {
    while (heldBytes > limitBytes && !held.isEmpty()) {
      held.values().iterator().next().evictOldest();
    }
  }
}
