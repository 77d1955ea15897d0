package io.heliograph.stream;

/** Something that wants to know when its channel has more: a subscription or a waiting poll. */
interface Attachment {
  /**
   * Called after {@code applied} has moved past an event of the channel's view, and now and then
   * without need. Must not block: everyone else's delivery waits for it.
   */
  void wake();

  /** Which worker wakes it; any number, the same for its life. */
  int shard();
}
