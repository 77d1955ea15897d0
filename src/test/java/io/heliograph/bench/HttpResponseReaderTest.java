package io.heliograph.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HttpResponseReaderTest {
  private static final String CHUNKED =
      """
      HTTP/1.1 200 OK
      Content-Type: text/plain
      Transfer-Encoding: chunked

      5
      hello
      00b;name=value
      , chunked w
      A
      orld

      ..
      0

      """
          .replace("\n", "\r\n");

  private final StringBuilder body = new StringBuilder();
  private final HttpResponseReader reader =
      new HttpResponseReader(
          (bytes, from, to) ->
              body.append(new String(bytes, from, to - from, StandardCharsets.UTF_8)));

  @Test
  void takesChunksApart_whereverTheBytesAreCut() throws ProtocolException {
    for (int cut = 0; cut <= CHUNKED.length(); cut++) {
      body.setLength(0);
      reader.expectNext();
      feed(CHUNKED.substring(0, cut));
      feed(CHUNKED.substring(cut));

      assertEquals("hello, chunked world\r\n\r\n..", body.toString());
      assertTrue(reader.isComplete());
    }
  }

  @Test
  void takesChunksApart_byteByByte() throws ProtocolException {
    for (int at = 0; at < CHUNKED.length(); at++) {
      assertFalse(reader.isComplete());
      feed(CHUNKED.substring(at, at + 1));
    }

    assertEquals("hello, chunked world\r\n\r\n..", body.toString());
    assertTrue(reader.isComplete());
  }

  @Test
  void readsOneResponseAfterAnother() throws ProtocolException {
    feed("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nab");
    assertEquals(201, reader.status());
    assertFalse(reader.isLast());

    reader.expectNext();
    feed("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");

    assertEquals(204, reader.status());
    assertTrue(reader.isComplete());
    assertTrue(reader.isLast());
    assertEquals("ab", body.toString());
  }

  @Test
  void refusesBytesAfterTheEnd() {
    assertThrows(
        ProtocolException.class, () -> feed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc"));
  }

  @Test
  void refusesWhatIsNoChunk() {
    assertThrows(
        ProtocolException.class,
        () -> feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nid: 7\n"));
  }

  private void feed(String text) throws ProtocolException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    reader.feed(bytes, 0, bytes.length);
  }
}
