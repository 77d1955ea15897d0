package io.heliograph.stream;

import java.util.Collection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/**
 * Wakes what is attached to channels, on as many threads as there are cores.
 *
 * <p>Attachments are sharded: each is woken by one thread, so two pumps rarely meet. {@link #wake}
 * returns when everyone was woken, which no socket can delay; so the follower evicts nothing that a
 * subscriber with an open socket has not had the chance to take.
 */
final class FanOut implements AutoCloseable {
  /** Below so many attachments handing over costs more than waking them oneself. */
  private static final int HAND_OVER_FROM = 32;

  private static final System.Logger LOG = System.getLogger(FanOut.class.getName());

  private final int shards;
  private final ExecutorService helpers;

  /**
   * @param shards threads that wake, the caller's among them
   */
  FanOut(int shards, ThreadFactory threads) {
    this.shards = shards;
    this.helpers = Executors.newFixedThreadPool(Math.max(1, shards - 1), threads);
  }

  int shards() {
    return shards;
  }

  /** Wakes everything attached to {@code channels}, and returns when that is done. */
  void wake(Collection<Channel> channels) {
    int attached = 0;
    for (Channel channel : channels) {
      attached += channel.attached();
    }
    if (attached < HAND_OVER_FROM || shards == 1) {
      for (int shard = 0; shard < shards; shard++) {
        wake(channels, shard);
      }
      return;
    }
    CountDownLatch others = new CountDownLatch(shards - 1);
    for (int shard = 1; shard < shards; shard++) {
      int helped = shard;
      helpers.execute(
          () -> {
            try {
              wake(channels, helped);
            } finally {
              others.countDown();
            }
          });
    }
    wake(channels, 0);
    try {
      others.await();
    } catch (InterruptedException e) {
      // The node stops; what was not woken is told its farewell.
      Thread.currentThread().interrupt();
    }
  }

  private static void wake(Collection<Channel> channels, int shard) {
    for (Channel channel : channels) {
      for (Attachment attachment : channel.attachments(shard)) {
        try {
          attachment.wake();
        } catch (RuntimeException e) {
          LOG.log(
              System.Logger.Level.ERROR,
              "waking a subscriber of " + channel.view() + " failed; the others go on",
              e);
        }
      }
    }
  }

  @Override
  public void close() {
    helpers.shutdownNow();
  }
}
