package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a proxy does about its connection to the hub when the client leaves, without a hub. */
class ProxyAbandonedIT {
  private static final byte[] BEAT = "c\r\n:heartbeat\n\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** Far below the proxies' time-outs, which would end it, too. */
  private static final int DEADLINE_MILLIS = 20_000;

  /**
   * Apache looks at its client only when it has something to write: the first write still works.
   */
  @ParameterizedTest
  @CsvSource({"NGINX,0", "HAPROXY,0", "APACHE,2"})
  void endsTheStream_afterSoManyMoreHeartbeats(ProxyProgram program, int beats) throws Exception {
    FrontProxy.assumeInstalled(program);
    try (ServerSocket hub = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        FrontProxy proxy =
            FrontProxy.start(program, URI.create("http://127.0.0.1:" + hub.getLocalPort() + "/"))) {
      for (boolean isReset : new boolean[] {false, true}) {
        RawExchange client = new RawExchange(proxy.address());
        client.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
        try (Socket stream = accepted(hub)) {
          stream
              .getOutputStream()
              .write(
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                      .getBytes(StandardCharsets.US_ASCII));
          assertEquals(200, client.headStatus());
          if (isReset) {
            client.cut();
          } else {
            client.close();
          }
          int sent = 0;
          while (sent < beats && !isEnded(stream, 1000)) {
            stream.getOutputStream().write(BEAT);
            sent++;
          }
          assertTrue(isEnded(stream, DEADLINE_MILLIS), program + " holds on");
        }
      }
    }
  }

  /** The connection with the client's request; HAProxy's checks send none. */
  private static Socket accepted(ServerSocket hub) throws IOException {
    while (true) {
      Socket socket = hub.accept();
      socket.setSoTimeout((int) Waiting.DEADLINE.toMillis());
      try {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        for (int b = in.read(); b >= 0 && !head.toString().endsWith("\r\n\r\n"); b = in.read()) {
          head.append((char) b);
          if (head.toString().endsWith("\r\n\r\n")) {
            return socket;
          }
        }
      } catch (SocketException e) {
        // A check ends with a reset.
      }
      socket.close();
    }
  }

  private static boolean isEnded(Socket stream, int millis) throws IOException {
    stream.setSoTimeout(millis);
    try {
      return stream.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }
}
