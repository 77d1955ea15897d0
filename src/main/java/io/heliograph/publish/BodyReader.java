package io.heliograph.publish;

import io.heliograph.publish.RefusedRequestException.Reason;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Collects a request's body as it arrives, without a thread waiting for it.
 *
 * <p>Threads: the container calls back on one thread at a time, a deadline on another. Whoever ends
 * the reading, under the lock, settles {@link #body} outside of it; after the end nobody touches
 * the stream, because the response that follows lets the container recycle it. Reads under the lock
 * do not block, and only the deadline ever contends for it.
 */
final class BodyReader implements ReadListener {
  /** 8 MiB: what one request may carry. A batch of 1,000 ordinary events is far below. */
  static final int LIMIT_BYTES = 8 * 1024 * 1024;

  /**
   * How long a whole body may take. Long enough for the largest over a slow line of 2.2 Mbit/s,
   * short enough that those who send a byte a minute do not pile up.
   */
  static final Duration DEADLINE = Duration.ofSeconds(30);

  /** Where the buffer starts, whatever length was announced: memory follows what really came. */
  private static final int FIRST_BUFFER_BYTES = 8 * 1024;

  private final ServletInputStream in;
  private final long announcedBytes;
  private final CompletableFuture<byte[]> body = new CompletableFuture<>();
  private byte[] buffer = new byte[FIRST_BUFFER_BYTES];
  private int length;
  private boolean isOver;

  private BodyReader(ServletInputStream in, long announcedBytes) {
    this.in = in;
    this.announcedBytes = announcedBytes;
  }

  /**
   * The body that comes through {@code in}, of a request whose asynchronous processing has begun.
   *
   * <p>Fails with {@link RefusedRequestException} if it is too large, too slow or cut off.
   * Completes on a thread of the container or of {@code deadlines}.
   *
   * @param announcedBytes its length by the request's header, or less than 0 if that does not say
   */
  static CompletionStage<byte[]> read(
      ServletInputStream in, long announcedBytes, Deadlines deadlines) {
    if (announcedBytes > LIMIT_BYTES) {
      return CompletableFuture.failedFuture(tooLarge(announcedBytes + " bytes were announced"));
    }
    BodyReader reader = new BodyReader(in, announcedBytes);
    Runnable callOff = deadlines.after(DEADLINE, reader::giveUp);
    CompletionStage<byte[]> body = reader.body.whenComplete((bytes, failure) -> callOff.run());
    in.setReadListener(reader);
    return body;
  }

  @Override
  public void onDataAvailable() throws IOException {
    boolean isTooLarge;
    synchronized (this) {
      while (!isOver && in.isReady()) {
        if (length == buffer.length) {
          // One more than the limit, so that going over it shows.
          buffer = Arrays.copyOf(buffer, Math.min(buffer.length * 2, LIMIT_BYTES + 1));
        }
        int read = in.read(buffer, length, buffer.length - length);
        if (read < 0) {
          break;
        }
        length += read;
        isOver = length > LIMIT_BYTES;
      }
      isTooLarge = length > LIMIT_BYTES;
    }
    if (isTooLarge) {
      body.completeExceptionally(tooLarge("more was sent"));
    }
  }

  @Override
  public void onAllDataRead() {
    byte[] whole;
    synchronized (this) {
      if (isOver) {
        return;
      }
      isOver = true;
      whole = Arrays.copyOf(buffer, length);
    }
    if (whole.length < announcedBytes) {
      body.completeExceptionally(cutOff(whole.length));
    } else {
      body.complete(whole);
    }
  }

  @Override
  public void onError(Throwable failure) {
    end(null);
  }

  private void giveUp() {
    end(
        new RefusedRequestException(
            Reason.TOO_SLOW,
            "the body did not arrive within "
                + DEADLINE.toSeconds()
                + " s; send it faster or in smaller batches"));
  }

  private void end(@Nullable RefusedRequestException refusal) {
    int came;
    synchronized (this) {
      if (isOver) {
        return;
      }
      isOver = true;
      came = length;
    }
    body.completeExceptionally(refusal == null ? cutOff(came) : refusal);
  }

  private RefusedRequestException cutOff(int came) {
    return new RefusedRequestException(
        Reason.MALFORMED,
        "the body ended after "
            + came
            + (announcedBytes < 0 ? " bytes, unfinished" : " of " + announcedBytes + " bytes"));
  }

  private static RefusedRequestException tooLarge(String seen) {
    return new RefusedRequestException(
        Reason.TOO_LARGE,
        seen + ", a request takes " + LIMIT_BYTES + " bytes; publish in smaller batches");
  }
}
