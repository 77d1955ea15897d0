package io.heliograph.it;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The ids that one subscriber got, in the order in which it got them; a listener of {@link
 * SseClient}.
 *
 * <p>Refuses at once what no subscriber may see: a gap, an id that goes back, an event without one.
 */
final class Ledger {
  private final String name;
  private final boolean mayOverflow;
  private long[] ids = new long[1024];
  private int count;
  private long position;
  private final List<Said> others = new ArrayList<>();

  /**
   * A block of the hub's own.
   *
   * @param after how many events came before it
   */
  record Said(Block block, int after) {}

  private Ledger(String name, boolean mayOverflow) {
    this.name = name;
    this.mayOverflow = mayOverflow;
  }

  static Ledger of(String name) {
    return new Ledger(name, false);
  }

  /** One that keeps what the hub itself says, instead of refusing it. */
  static Ledger ofATroubled(String name) {
    return new Ledger(name, true);
  }

  synchronized void take(Block block) {
    if (block.isEvent() && block.id() == null) {
      if (!mayOverflow && !"server_shutdown".equals(block.name())) {
        throw new AssertionError(name + " was told: " + block);
      }
      others.add(new Said(block, count));
    }
    if (block.id() == null) {
      return;
    }
    long id = block.number();
    if (id < position || (block.isEvent() && count > 0 && id <= ids[count - 1])) {
      throw new AssertionError(name + " was at " + position + " and got " + block);
    }
    position = id;
    if (block.isEvent()) {
      if (count == ids.length) {
        ids = Arrays.copyOf(ids, 2 * count);
      }
      ids[count++] = id;
    }
  }

  synchronized int count() {
    return count;
  }

  /** The id of the last event; 0 before any. */
  synchronized long last() {
    return count == 0 ? 0 : ids[count - 1];
  }

  synchronized List<Long> ids() {
    return Arrays.stream(ids, 0, count).boxed().toList();
  }

  /** What the hub itself said. */
  synchronized List<Said> others() {
    return List.copyOf(others);
  }
}
