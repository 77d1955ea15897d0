package io.heliograph.sse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.heliograph.event.EventId;
import io.heliograph.sse.WhatwgReader.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The encoder against the WHATWG text, read back by a reader written from it.
 *
 * <p>Seen red: data split at LF only (a CR in it made a field); a CRLF that made two lines; empty
 * data that made no line; a comment whose second line was a field; a size that was one too many.
 */
class SseEncoderTest {
  private static final EventId ID = new EventId(1886847074304021L);

  private static String text(byte[] block) {
    return new String(block, StandardCharsets.UTF_8);
  }

  /** What a client makes of data with any of the three line ends: they are all LF to it. */
  private static String normalized(String data) {
    return data.replace("\r\n", "\n").replace('\r', '\n');
  }

  @Test
  void writesTheFieldsInOrder_withLf() {
    assertEquals(
        "id: 1886847074304021\nevent: paid\ndata: {\"a\":1}\n\n",
        text(SseEncoder.event(ID, "paid", "{\"a\":1}")));
  }

  @Test
  void leavesOutWhatIsNotGiven() {
    assertEquals("data: x\n\n", text(SseEncoder.event(null, null, "x")));
  }

  @Test
  void splitsDataAtEachKindOfLineEnd() {
    assertEquals(
        "data: a\ndata: b\ndata: c\ndata: d\n\n",
        text(SseEncoder.event(null, null, "a\rb\nc\r\nd")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        " leading",
        "  two",
        "trailing ",
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "\r\r",
        "\r\n\r\n",
        "\n\r",
        "a\n",
        "a\r",
        "a\r\n",
        "\na",
        "a\n\nb",
        "a\r\r\nb",
        ":comment",
        "data: not a field",
        "id: 7",
        "a\nid: 7\nevent: forged\n\ndata: forged",
        "a\rid: 7\revent: forged\r\rdata: forged",
        "nul \0 within",
        "tab\tand\u000bothers\u0085\u2028\u2029",
        "Grüße, 你好, 🙂, \uFEFF",
        "\uFEFF"
      })
  void aClientReadsBackWhatWasGiven(String data) {
    WhatwgReader client = WhatwgReader.read(text(SseEncoder.event(ID, "t", data)));

    assertEquals(new Message("t", normalized(data), ID.toString()), client.only());
  }

  @Test
  void takesVeryLongLines() {
    String data = "x".repeat(3_000_000) + "\n" + "é".repeat(1_000_000);
    WhatwgReader client = WhatwgReader.read(text(SseEncoder.event(null, null, data)));

    assertEquals(data, client.only().data());
  }

  @Test
  void leavesBytesAsTheyAre() {
    byte[] data = {'a', (byte) 0xc3, (byte) 0x28, (byte) 0xff, 0, 'b'};
    byte[] block = SseEncoder.event(null, null, data);

    assertArrayEquals(data, Arrays.copyOfRange(block, 6, block.length - 2));
  }

  /** Property: whatever is given, a client gets it, under its own name and id, and nothing else. */
  @Test
  void aClientReadsBackWhatWasGiven_whateverItIs() {
    Random random = new Random(20261121);
    String[] pieces = {
      "\r",
      "\n",
      "\r\n",
      " ",
      ":",
      "data",
      "data:",
      "id: 9\n",
      "event",
      "\0",
      "é",
      "🙂",
      "a",
      "\uFEFF",
      "\t",
      "retry: 1\n",
      "\n\n",
      "\r\r"
    };
    StringBuilder stream = new StringBuilder();
    List<Message> expected = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      StringBuilder data = new StringBuilder();
      for (int n = random.nextInt(8); n > 0; n--) {
        data.append(pieces[random.nextInt(pieces.length)]);
      }
      EventId id = new EventId(i + 1);
      stream.append(text(SseEncoder.event(id, "t" + i % 7, data.toString())));
      expected.add(new Message("t" + i % 7, normalized(data.toString()), id.toString()));
      if (random.nextInt(4) == 0) {
        stream.append(text(SseEncoder.comment(data.toString())));
      }
    }

    assertEquals(expected, WhatwgReader.read(stream.toString()).messages());
  }

  @Test
  void anIdAlone_movesThePosition_withoutAnEvent() {
    assertEquals("id: 1886847074304021\n\n", text(SseEncoder.id(ID)));
    WhatwgReader client = WhatwgReader.read(text(SseEncoder.id(ID)));

    assertEquals(List.of(), client.messages());
    assertEquals(ID.toString(), client.lastEventId());
  }

  @Test
  void anEventWithoutId_leavesThePositionAlone() {
    WhatwgReader client =
        WhatwgReader.read(text(SseEncoder.id(ID)) + text(SseEncoder.event(null, "price", "1")));

    assertEquals(ID.toString(), client.only().lastEventId());
  }

  @Test
  void retry_setsTheReconnectionTime() {
    assertEquals("retry: 3000\n\n", text(SseEncoder.retry(Duration.ofSeconds(3))));
    WhatwgReader client = WhatwgReader.read(text(SseEncoder.retry(Duration.ofSeconds(3))));

    assertEquals(3000L, client.reconnectionTime());
    assertEquals(List.of(), client.messages());
  }

  @ParameterizedTest
  @ValueSource(strings = {"heartbeat", "", " ", "two\nlines", "a\rdata: x\r\n\r\nid: 3", "\n", "é"})
  void aComment_isNothingElse(String comment) {
    WhatwgReader client = WhatwgReader.read(text(SseEncoder.comment(comment)));

    assertEquals(List.of(normalized(comment).split("\n", -1)), client.comments());
    assertEquals(List.of(), client.messages());
    assertEquals("", client.lastEventId());
  }

  @Test
  void theHeartbeatIsWhatTheContractSays() {
    assertEquals(":heartbeat\n\n", text(SseEncoder.comment("heartbeat")));
  }

  // Events as JAX-RS has them.

  @Test
  void writesAnApplicationsEvent() throws IOException {
    assertEquals(
        ":note\nid: 5\nevent: hi\ndata: a\ndata: b\n\n",
        encoded(new TestEvent("5", "hi", "note", "a\nb")));
  }

  @Test
  void writesACommentAlone() throws IOException {
    assertEquals(":note\n\n", encoded(new TestEvent(null, null, "note", null)));
  }

  @Test
  void writesNumbersBooleansAndBytes() throws IOException {
    assertEquals("data: 7\n\n", encoded(new TestEvent(null, null, null, 7)));
    assertEquals("data: true\n\n", encoded(new TestEvent(null, null, null, true)));
    assertEquals("data: ab\n\n", encoded(new TestEvent(null, null, null, new byte[] {'a', 'b'})));
  }

  @Test
  void writesAnEventOfTheLog() throws IOException {
    assertEquals("id: 5\nevent: t\ndata: {}\n\n", encoded(new LogEvent("5", "t", "{}")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\rb", "a\0b"})
  void refusesNamesAndIdsThatWouldBecomeFields(String bad) {
    for (TestEvent event :
        List.of(
            new TestEvent(bad, null, null, "x"),
            new TestEvent(null, bad, null, "x"),
            new TestEvent(null, bad, null, null))) {
      assertThrows(IllegalArgumentException.class, () -> encoded(event));
    }
  }

  @Test
  void hasNoByteToSpare() {
    for (String data : List.of("", "a", "a\r\nb", "\r", "\r\n\r\n", "é\n")) {
      assertFalse(text(SseEncoder.event(ID, "t", data)).contains("\0"), data);
      assertFalse(text(SseEncoder.comment(data)).contains("\0"), data);
    }
  }

  private static String encoded(jakarta.ws.rs.sse.OutboundSseEvent event) throws IOException {
    return text(new OutboundEventEncoder(null).encode(event));
  }
}
