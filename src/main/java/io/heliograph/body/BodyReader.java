package io.heliograph.body;

import io.heliograph.body.RefusedRequestException.Reason;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Reads requests' bodies: at once what has arrived whole with its headers, as small ones have;
 * anything else on a pool of its own, so that slow senders hold none of the container's threads,
 * and only so many of ours, each of them no more than a share.
 *
 * <p>Not with a {@code ReadListener}: on Payara 6 the request could be answered, by another thread,
 * while the thread that had called the listener was still on its way out, and the next request on
 * that connection lost bytes (seen about once in 150 batches of 120 KB on a busy machine). A read
 * that has returned has left nothing behind.
 */
public final class BodyReader {
  /** 8 MiB: what one request may carry. A batch of 1,000 ordinary events is far below. */
  public static final int LIMIT_BYTES = 8 * 1024 * 1024;

  /**
   * How long a whole body may take. Long enough for the largest over a slow line of 2.2 Mbit/s,
   * short enough that those who send a byte a minute do not pile up. Looked at after each read; one
   * that sends nothing at all is ended by the container's own read time-out (Payara: 30 s).
   */
  public static final Duration DEADLINE = Duration.ofSeconds(30);

  /** A read that failed after so long failed because nothing came. */
  private static final Duration SILENCE = Duration.ofSeconds(10);

  /** Where the buffer starts, whatever length was announced: memory follows what really came. */
  private static final int FIRST_BUFFER_BYTES = 8 * 1024;

  /** Bodies of one sender that may be waited for at once; its next ones wait for those. */
  private static final int SHARE = 16;

  private final FairShares waiting;
  private final LongSupplier nanoClock;

  /**
   * @param pool runs the reads that may wait; bounded, and rejects what is too much
   * @param waitingLimit bodies that may wait until others of the same sender are read
   */
  public BodyReader(Executor pool, int waitingLimit) {
    this(pool, waitingLimit, System::nanoTime);
  }

  BodyReader(Executor pool, int waitingLimit, LongSupplier nanoClock) {
    this.waiting = new FairShares(pool, SHARE, waitingLimit);
    this.nanoClock = nanoClock;
  }

  /**
   * The body of {@code request}, whose asynchronous processing has begun.
   *
   * <p>Fails with {@link RefusedRequestException} if it is too large, too slow or cut off.
   * Completes on the caller's thread or on the pool's.
   *
   * @param sender whose share of the pool is used, by address
   * @throws java.util.concurrent.RejectedExecutionException if too many bodies are being waited for
   */
  public CompletionStage<byte[]> read(HttpServletRequest request, String sender)
      throws IOException {
    return read(request.getInputStream(), request.getContentLengthLong(), sender);
  }

  /**
   * @param announcedBytes the body's length by its header, or -1
   */
  CompletionStage<byte[]> read(InputStream in, long announcedBytes, String sender)
      throws IOException {
    if (announcedBytes > LIMIT_BYTES) {
      return CompletableFuture.failedFuture(tooLarge(announcedBytes + " bytes were announced"));
    }
    if (announcedBytes >= 0 && in.available() >= announcedBytes) {
      return CompletableFuture.completedFuture(in.readNBytes((int) announcedBytes));
    }
    CompletableFuture<byte[]> body = new CompletableFuture<>();
    waiting.execute(
        sender,
        () -> {
          byte[] whole;
          try {
            whole = await(in, announcedBytes);
          } catch (RuntimeException e) {
            body.completeExceptionally(e);
            return;
          }
          body.complete(whole);
        });
    return body;
  }

  private byte[] await(InputStream in, long announcedBytes) {
    long start = nanoClock.getAsLong();
    byte[] buffer = new byte[FIRST_BUFFER_BYTES];
    int length = 0;
    try {
      for (int read = 0; read >= 0; read = in.read(buffer, length, buffer.length - length)) {
        length += read;
        if (length > LIMIT_BYTES) {
          throw tooLarge("more was sent");
        }
        if (passed(start).compareTo(DEADLINE) > 0) {
          throw tooSlow(length);
        }
        if (length == buffer.length) {
          // One more than the limit, so that going over it shows.
          buffer = Arrays.copyOf(buffer, Math.min(buffer.length * 2, LIMIT_BYTES + 1));
        }
      }
    } catch (IOException e) {
      throw passed(start).compareTo(SILENCE) > 0 ? tooSlow(length) : cutOff(length, announcedBytes);
    }
    if (length < announcedBytes) {
      throw cutOff(length, announcedBytes);
    }
    return Arrays.copyOf(buffer, length);
  }

  private Duration passed(long start) {
    return Duration.ofNanos(nanoClock.getAsLong() - start);
  }

  private static RefusedRequestException tooSlow(int came) {
    return new RefusedRequestException(
        Reason.TOO_SLOW,
        came
            + " bytes came in the time that a body may take, "
            + DEADLINE.toSeconds()
            + " s; send it faster or in smaller batches");
  }

  private static RefusedRequestException cutOff(int came, long announcedBytes) {
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
