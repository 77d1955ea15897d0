package io.heliograph.page;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Passes TCP connections on to a server and remembers what a browser really sends and gets. */
final class Relay implements AutoCloseable {
  private final ServerSocket listening;
  private final URI server;
  private final List<Connection> connections = new CopyOnWriteArrayList<>();

  Relay(URI server) throws IOException {
    this.server = server;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start("relay", this::accept);
  }

  /** The server's address by way of this relay. */
  URI url() {
    return URI.create("http://127.0.0.1:" + listening.getLocalPort() + server.getPath());
  }

  /** Every connection there was, the oldest first. */
  List<Connection> connections() {
    return connections;
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Connection connection : connections) {
      connection.close();
    }
  }

  private void accept() throws IOException {
    while (!listening.isClosed()) {
      Socket client = listening.accept();
      Connection connection =
          new Connection(client, new Socket(server.getHost(), server.getPort()));
      connections.add(connection);
      start("requests", connection::passRequests);
      start("answers", connection::passAnswers);
    }
  }

  private static void start(String name, Act act) {
    Thread thread =
        new Thread(
            () -> {
              try {
                act.run();
              } catch (IOException e) {
                // A socket that is closed under a read is how each of these threads ends.
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  private interface Act {
    void run() throws IOException;
  }

  /** One connection of the browser's. */
  static final class Connection {
    private final Socket client;
    private final Socket server;
    private final ByteArrayOutputStream requests = new ByteArrayOutputStream();
    private final ByteArrayOutputStream answers = new ByteArrayOutputStream();

    private Connection(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    /** What the browser has sent so far. */
    String requests() {
      return text(requests);
    }

    /** What the server has answered so far. */
    String answers() {
      return text(answers);
    }

    private void close() throws IOException {
      client.close();
      server.close();
    }

    private void passRequests() throws IOException {
      pass(client, server, requests);
    }

    private void passAnswers() throws IOException {
      pass(server, client, answers);
    }

    private void pass(Socket from, Socket to, ByteArrayOutputStream passed) throws IOException {
      byte[] buffer = new byte[8192];
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      try {
        for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
          out.write(buffer, 0, length);
          passed.write(buffer, 0, length);
        }
      } finally {
        close();
      }
    }

    private static String text(ByteArrayOutputStream passed) {
      return passed.toString(StandardCharsets.UTF_8);
    }
  }
}
