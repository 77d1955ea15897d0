package io.heliograph.log;

import io.heliograph.event.EventDraft;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one request publishes: stored whole or not at all. */
public record Publication(List<Part> parts) {
  public Publication {
    parts = List.copyOf(parts);
  }

  /** Drafts that share one idempotency key, or have none. */
  public record Part(List<EventDraft> drafts, @Nullable IdempotencyKey key) {
    public Part {
      drafts = List.copyOf(drafts);
    }
  }

  /**
   * The publisher's own name for a part: given again within 24 hours it stores nothing and gets the
   * same ids.
   *
   * @param caller whose key it is; two callers' keys never meet
   * @param key as the publisher gave it
   * @param fingerprint a digest of the content; the same key with another fingerprint is a conflict
   */
  public record IdempotencyKey(String caller, String key, String fingerprint) {}

  public static Publication of(List<EventDraft> drafts) {
    return new Publication(List.of(new Part(drafts, null)));
  }

  /** How many events it holds. */
  public int size() {
    int size = 0;
    for (Part part : parts) {
      size += part.drafts().size();
    }
    return size;
  }

  /** Bytes of data, keys and labels in it: what a queue or a batch is measured by. */
  public long bytes() {
    long bytes = 0;
    for (Part part : parts) {
      for (EventDraft draft : part.drafts()) {
        bytes += EventRow.bytes(draft);
      }
    }
    return bytes;
  }
}
