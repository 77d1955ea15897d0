package io.heliograph.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What the server's process uses. Linux only: reads {@code /proc}. */
final class ServerFigures {
  private final JavaProcess server;

  ServerFigures(JavaProcess server) {
    this.server = server;
  }

  /** CPU time of all its threads so far. */
  Duration cpu() {
    return server.cpu();
  }

  /** Time that its collectors worked so far. */
  Duration collecting() throws IOException {
    return Duration.ofMillis(server.ask(new Fields("collecting")).number("millis"));
  }

  /** What lives on its heap: collects first, and gives back to the system what is free. */
  long heapBytes() throws IOException {
    return server.ask(new Fields("heap")).number("bytes");
  }

  /** Its memory that is in RAM. Ask for {@link #heapBytes} first, or it holds a free heap. */
  long residentBytes() throws IOException {
    Path status = Path.of("/proc", Long.toString(server.pid()), "status");
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException(status + " has no VmRSS");
  }
}
