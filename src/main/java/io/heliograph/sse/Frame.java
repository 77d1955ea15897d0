package io.heliograph.sse;

import io.heliograph.event.EventId;

/**
 * An event's place in the log and its bytes on the wire, encoded once and shared by every
 * subscriber that sees it.
 */
public final class Frame {
  private final EventId id;
  private final byte[] bytes;

  /** Takes over {@code bytes}: whoever hands them over does not write to them again. */
  public Frame(EventId id, byte[] bytes) {
    this.id = id;
    this.bytes = bytes;
  }

  public EventId id() {
    return id;
  }

  /** The whole block, its empty line included; readers do not write to it. */
  public byte[] bytes() {
    return bytes;
  }
}
