package io.heliograph.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether what another response left in this one is seen. */
class ResponseTest {
  private static final String HEAD =
      "HTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final String ALL = HEAD + "3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";

  private static String read(String text) {
    StringBuilder body = new StringBuilder();
    Response response =
        new Response(
            () -> {},
            (bytes, from, to) -> body.append(new String(bytes, from, to - from, ISO_8859_1)));
    byte[] bytes = text.getBytes(ISO_8859_1);
    response.feed(bytes, bytes.length);
    assertTrue(response.isComplete(), "it has no end");
    return body.toString();
  }

  @Test
  void givesTheBodyOfChunks() {
    assertEquals("abc0123456789", read(ALL));
  }

  @Test
  void refusesOneByteTooMany_aroundEveryChunk() {
    for (int at = 0; at <= ALL.length(); at++) {
      boolean isWord = at > "HTTP/1.1 200".length() && at < HEAD.length() - 4;
      if (!isWord) {
        String more = ALL.substring(0, at) + "x" + ALL.substring(at);
        assertThrows(AssertionError.class, () -> read(more), more);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        ":heartbeat\n\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n:heartbeat\n\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n"
      })
  void refusesWhatIsNoResponse(String text) {
    assertThrows(AssertionError.class, () -> read(text));
  }
}
