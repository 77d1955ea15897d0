package io.heliograph.event;

/** An event's data is larger than {@link EventData#LIMIT_BYTES}. */
public final class EventTooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EventTooLargeException(long seenBytes) {
    super(
        "an event's data has "
            + seenBytes
            + " bytes, the limit is "
            + EventData.LIMIT_BYTES
            + "; keep large content elsewhere and publish a link to it");
  }
}
