package io.heliograph.stream;

import io.heliograph.event.EventId;
import io.heliograph.event.View;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one subscriber reads from the log: a page at a time, asked for when its socket takes bytes.
 *
 * <p>A page is one block at most and is let go of when it is taken, so that one who is stuck keeps
 * nothing of the log but the block that its sink is at.
 *
 * <p>The sink's owner calls it; {@link #arrive} is the catch-up pool's.
 */
final class Replay {
  private final CatchUp catchUp;
  private final View view;
  private final FrameEncoder encoder;
  private final BooleanSupplier isWanted;
  private final Runnable wake;

  private final AtomicReference<@Nullable FramePage> arrived = new AtomicReference<>();

  // The owner's own.
  private boolean isAwaiting;

  /**
   * @param isWanted whether the subscriber is still there
   * @param wake called when a page that was asked for is here
   */
  Replay(
      CatchUp catchUp, View view, FrameEncoder encoder, BooleanSupplier isWanted, Runnable wake) {
    this.catchUp = catchUp;
    this.view = view;
    this.encoder = encoder;
    this.isWanted = isWanted;
    this.wake = wake;
  }

  /** Whether a page was asked for and not taken yet. */
  boolean isAwaiting() {
    return isAwaiting;
  }

  /** The page that was asked for; if none was, asks for the one after {@code cursor}. */
  @Nullable FramePage take(EventId cursor) {
    FramePage page = take();
    if (page == null && !isAwaiting) {
      isAwaiting = true;
      catchUp.page(view, encoder, cursor, isWanted, this::arrive);
    }
    return page;
  }

  /** Likewise of the retained events after {@code after}, up to {@code upTo}. */
  @Nullable FramePage takeRetained(EventId after, EventId upTo) {
    FramePage page = take();
    if (page == null && !isAwaiting) {
      isAwaiting = true;
      catchUp.retained(view, encoder, after, upTo, isWanted, this::arrive);
    }
    return page;
  }

  private @Nullable FramePage take() {
    FramePage page = arrived.getAndSet(null);
    if (page != null) {
      isAwaiting = false;
    }
    return page;
  }

  private void arrive(FramePage page) {
    arrived.set(page);
    wake.run();
  }
}
