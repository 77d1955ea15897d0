package io.heliograph.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.publish.RefusedRequestException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class BodyReaderTest {
  private final ArrivingBody in = new ArrivingBody();
  private final ByHandDeadlines deadlines = new ByHandDeadlines();

  @Test
  void collectsABodyAsItArrives() throws Exception {
    CompletableFuture<byte[]> body = read(-1);

    in.arrives("{\"a\"").arrives(":1}");
    assertFalse(body.isDone());
    in.ends();

    assertEquals("{\"a\":1}", new String(body.get(), StandardCharsets.UTF_8));
  }

  @Test
  void takesAnEmptyBody() throws Exception {
    CompletableFuture<byte[]> body = read(0);

    in.ends();

    assertEquals(0, body.get().length);
  }

  @Test
  void takesABodyOfTheLimit_andRefusesAByteMore() throws Exception {
    CompletableFuture<byte[]> body = read(BodyReader.LIMIT_BYTES);
    in.arrives(new byte[BodyReader.LIMIT_BYTES]).ends();
    assertEquals(BodyReader.LIMIT_BYTES, body.get().length);

    CompletableFuture<byte[]> larger = read(-1);
    in.arrives(new byte[BodyReader.LIMIT_BYTES]).arrives(new byte[1]);
    assertEquals(Reason.TOO_LARGE, refused(larger).reason());
  }

  @Test
  void refusesAnAnnouncedLength_withoutReading() {
    CompletableFuture<byte[]> body = read(BodyReader.LIMIT_BYTES + 1L);

    assertEquals(Reason.TOO_LARGE, refused(body).reason());
    assertEquals(0, deadlines.pending.size());
  }

  @Test
  void readsNoMore_onceItIsTooLarge() throws Exception {
    CompletableFuture<byte[]> body = read(-1);
    in.arrives(new byte[BodyReader.LIMIT_BYTES + 1]);
    int reads = in.reads;

    in.arrives(new byte[100]).ends();

    assertEquals(reads, in.reads);
    assertEquals(Reason.TOO_LARGE, refused(body).reason());
  }

  @Test
  void givesUp_onASlowBody() throws Exception {
    CompletableFuture<byte[]> body = read(100);
    in.arrives("{");

    deadlines.pass();

    assertEquals(BodyReader.DEADLINE, deadlines.lastDelay);
    assertEquals(Reason.TOO_SLOW, refused(body).reason());
  }

  @Test
  void leavesTheStreamAlone_onceItGaveUp() throws Exception {
    CompletableFuture<byte[]> body = read(100);
    deadlines.pass();

    in.arrives("{").ends();
    in.breaks();

    assertEquals(0, in.reads);
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

  @Test
  void callsOffTheDeadline_howeverItEnds() throws Exception {
    CompletableFuture<byte[]> whole = read(-1);
    in.ends();
    assertTrue(whole.isDone() && deadlines.pending.isEmpty());
    CompletableFuture<byte[]> broken = read(-1);
    in.breaks();
    assertTrue(broken.isDone() && deadlines.pending.isEmpty());
    CompletableFuture<byte[]> slow = read(-1);
    deadlines.pass();
    assertTrue(slow.isDone() && deadlines.pending.isEmpty());
  }

  private CompletableFuture<byte[]> read(long announcedBytes) {
    return BodyReader.read(in, announcedBytes, deadlines).toCompletableFuture();
  }

  private static RefusedRequestException refused(CompletableFuture<byte[]> body) {
    assertTrue(body.isDone());
    ExecutionException failure = assertThrows(ExecutionException.class, body::get);
    return assertInstanceOf(RefusedRequestException.class, failure.getCause());
  }
}
