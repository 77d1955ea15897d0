package io.heliograph.stream;

import io.heliograph.event.EventId;
import io.heliograph.event.View;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The pages read last, so that a storm of reconnects reads each once.
 *
 * <p>Looked up by what a page covers, not by where it begins: whoever stands in the middle of a
 * page takes its rest. First in, first out, within a bound of bytes. Pages never go stale, since
 * events do not change; the bound is all that ends them.
 */
final class PageCache {
  private record Place(View view, FramePage page) {}

  private final long limitBytes;

  // All guarded by this.
  private final Map<View, NavigableMap<EventId, FramePage>> pages = new HashMap<>();
  private final Deque<Place> inOrder = new ArrayDeque<>();
  private long heldBytes;

  PageCache(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** The page that says what comes after {@code cursor}, or null. */
  synchronized @Nullable FramePage find(View view, EventId cursor) {
    NavigableMap<EventId, FramePage> ofView = pages.get(view);
    Map.Entry<EventId, FramePage> entry = ofView == null ? null : ofView.floorEntry(cursor);
    return entry != null && entry.getValue().covers(cursor) ? entry.getValue() : null;
  }

  /** Keeps {@code page}, and forgets the oldest ones if that is too much. */
  synchronized void put(View view, FramePage page) {
    NavigableMap<EventId, FramePage> ofView = pages.computeIfAbsent(view, v -> new TreeMap<>());
    FramePage known = ofView.get(page.from());
    // Near the head a page grows; the longer one takes the place, the shorter leaves in its turn.
    if (known == null || page.through().isAfter(known.through())) {
      ofView.put(page.from(), page);
      inOrder.add(new Place(view, page));
      heldBytes += page.weightBytes();
    }
    while (heldBytes > limitBytes && !inOrder.isEmpty()) {
      forget(inOrder.remove());
    }
  }

  synchronized long heldBytes() {
    return heldBytes;
  }

  private void forget(Place place) {
    NavigableMap<EventId, FramePage> ofView = pages.get(place.view());
    if (ofView != null) {
      ofView.remove(place.page().from(), place.page());
      if (ofView.isEmpty()) {
        pages.remove(place.view());
      }
    }
    heldBytes -= place.page().weightBytes();
  }
}
