package io.heliograph.stream;

import io.heliograph.event.EventId;
import io.heliograph.sse.Frame;
import java.util.ArrayList;
import java.util.List;

/**
 * Consecutive frames of one view in one immutable array, so that a pump writes many events, or
 * their tail, with one call. At most {@link #LIMIT_BYTES}, unless a single frame is larger.
 */
final class FrameBlock {
  /** What a sink writes at once; a stuck subscriber keeps one block alive, so it is small. */
  static final int LIMIT_BYTES = 32 * 1024;

  /** About what the object, its arrays' headers and its place in a ring take. */
  private static final int OVERHEAD_BYTES = 120;

  private static final int OVERHEAD_BYTES_PER_FRAME = 8;

  private final byte[] bytes;
  private final EventId[] ids;
  private final int[] ends;
  private final long firstOrdinal;

  private FrameBlock(byte[] bytes, EventId[] ids, int[] ends, long firstOrdinal) {
    this.bytes = bytes;
    this.ids = ids;
    this.ends = ends;
    this.firstOrdinal = firstOrdinal;
  }

  /**
   * Joins {@code frames}, at least one, into as few blocks as the limit allows.
   *
   * @param firstOrdinal the first frame's place among all events of its view
   */
  static List<FrameBlock> join(List<Frame> frames, long firstOrdinal) {
    List<FrameBlock> blocks = new ArrayList<>(1);
    int from = 0;
    while (from < frames.size()) {
      int to = from + 1;
      int size = frames.get(from).bytes().length;
      while (to < frames.size() && size + frames.get(to).bytes().length <= LIMIT_BYTES) {
        size += frames.get(to).bytes().length;
        to++;
      }
      blocks.add(of(frames.subList(from, to), size, firstOrdinal + from));
      from = to;
    }
    return blocks;
  }

  private static FrameBlock of(List<Frame> frames, int size, long firstOrdinal) {
    EventId[] ids = new EventId[frames.size()];
    int[] ends = new int[frames.size()];
    if (frames.size() == 1) {
      Frame only = frames.get(0);
      ids[0] = only.id();
      ends[0] = size;
      return new FrameBlock(only.bytes(), ids, ends, firstOrdinal);
    }
    byte[] bytes = new byte[size];
    int end = 0;
    for (int i = 0; i < ids.length; i++) {
      Frame frame = frames.get(i);
      System.arraycopy(frame.bytes(), 0, bytes, end, frame.bytes().length);
      end += frame.bytes().length;
      ids[i] = frame.id();
      ends[i] = end;
    }
    return new FrameBlock(bytes, ids, ends, firstOrdinal);
  }

  byte[] bytes() {
    return bytes;
  }

  int count() {
    return ids.length;
  }

  EventId id(int index) {
    return ids[index];
  }

  EventId last() {
    return ids[ids.length - 1];
  }

  /** The place of frame {@code index} among all events of the view. */
  long ordinal(int index) {
    return firstOrdinal + index;
  }

  /** The ordinal after the last frame's. */
  long endOrdinal() {
    return firstOrdinal + ids.length;
  }

  /** Where frame {@code index} begins in {@link #bytes()}; for {@link #count()}, where all end. */
  int start(int index) {
    return index == 0 ? 0 : ends[index - 1];
  }

  /** The first frame after {@code position}; {@link #count()} if there is none. */
  int indexAfter(EventId position) {
    if (ids[0].isAfter(position)) {
      return 0;
    }
    int low = 0;
    int high = ids.length;
    while (low + 1 < high) {
      int middle = (low + high) >>> 1;
      if (ids[middle].isAfter(position)) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return low + 1;
  }

  /** What it takes of the heap, about. */
  long weightBytes() {
    return bytes.length + OVERHEAD_BYTES + (long) OVERHEAD_BYTES_PER_FRAME * ids.length;
  }
}
