package io.heliograph.body;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.body.RefusedRequestException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class BodyReaderTest {
  private final ArrivingBody in = new ArrivingBody();
  private long nanos;
  private final BodyReader reader = new BodyReader(in::execute, 10, () -> nanos);

  @Test
  void readsAtOnce_whatHasArrivedWhole() throws Exception {
    in.arrives("{\"a\":1}").available = 7;

    CompletableFuture<byte[]> body = read(7);

    assertTrue(body.isDone());
    assertEquals("{\"a\":1}", new String(body.get(), StandardCharsets.UTF_8));
  }

  @Test
  void waitsElsewhere_forWhatHasNotArrived() throws Exception {
    in.arrives("{\"a\"").available = 4;
    CompletableFuture<byte[]> body = read(7);
    assertFalse(body.isDone());
    assertEquals(0, in.reads, "nothing is read on the caller's thread");

    in.arrives(":1}").ends();

    assertEquals("{\"a\":1}", new String(body.get(), StandardCharsets.UTF_8));
  }

  @Test
  void takesAnEmptyBody() throws Exception {
    assertEquals(0, read(0).get().length);
    CompletableFuture<byte[]> chunked = read(-1);
    in.ends();
    assertEquals(0, chunked.get().length);
  }

  @Test
  void takesABodyOfTheLimit_andRefusesAByteMore() throws Exception {
    CompletableFuture<byte[]> body = read(BodyReader.LIMIT_BYTES);
    in.arrives(new byte[BodyReader.LIMIT_BYTES]).ends();
    assertEquals(BodyReader.LIMIT_BYTES, body.get().length);

    CompletableFuture<byte[]> larger = read(-1);
    in.arrives(new byte[BodyReader.LIMIT_BYTES]).arrives(new byte[1]).ends();
    assertEquals(Reason.TOO_LARGE, refused(larger).reason());
  }

  @Test
  void refusesAnAnnouncedLength_withoutReading() throws Exception {
    CompletableFuture<byte[]> body = read(BodyReader.LIMIT_BYTES + 1L);

    assertEquals(Reason.TOO_LARGE, refused(body).reason());
    assertEquals(0, in.reads);
  }

  @Test
  void readsNoMore_onceItIsTooLarge() throws Exception {
    CompletableFuture<byte[]> body = read(-1);
    in.arrives(new byte[BodyReader.LIMIT_BYTES + 1]).arrives(new byte[100]).ends();
    int reads = in.reads;
    in.ends();

    assertEquals(reads, in.reads);
    assertEquals(Reason.TOO_LARGE, refused(body).reason());
  }

  @Test
  void givesUp_onABodyThatDrips() throws Exception {
    CompletableFuture<byte[]> body = read(100);
    in.atEachRead(() -> nanos += Duration.ofSeconds(7).toNanos());
    for (int i = 0; i < 100; i++) {
      in.arrives("{");
    }
    in.ends();

    assertEquals(5, in.reads, "35 s are more than 30");
    assertEquals(Reason.TOO_SLOW, refused(body).reason());
    assertTrue(String.valueOf(refused(body).getMessage()).contains("5 bytes came"));
  }

  @Test
  void takesAReadThatTimedOutForASlowBody_notForACutOne() throws Exception {
    CompletableFuture<byte[]> body = read(100);
    in.arrives("{").atEachRead(() -> nanos += Duration.ofSeconds(15).toNanos());
    in.breaks();

    assertEquals(Reason.TOO_SLOW, refused(body).reason());
  }

  @Test
  void refusesABodyThatWasCutOff() throws Exception {
    CompletableFuture<byte[]> body = read(100);
    in.arrives("{");
    in.breaks();

    assertEquals(Reason.MALFORMED, refused(body).reason());
    assertTrue(String.valueOf(refused(body).getMessage()).contains("1 of 100 bytes"));
  }

  @Test
  void refusesABodyShorterThanAnnounced() throws Exception {
    CompletableFuture<byte[]> body = read(100);
    in.arrives("{").ends();

    assertEquals(Reason.MALFORMED, refused(body).reason());
  }

  private CompletableFuture<byte[]> read(long announcedBytes) throws IOException {
    return reader.read(in, announcedBytes, "a").toCompletableFuture();
  }

  private static RefusedRequestException refused(CompletableFuture<byte[]> body) {
    assertTrue(body.isDone());
    ExecutionException failure = assertThrows(ExecutionException.class, body::get);
    return assertInstanceOf(RefusedRequestException.class, failure.getCause());
  }
}
