package io.heliograph.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

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

  /** Milliseconds that its collectors worked so far, and its compilers. */
  Fields overhead() throws IOException {
    return server.ask(new Fields("overhead"));
  }

  /** Its open files, connections among them. */
  long openFiles() throws IOException {
    try (Stream<Path> files = Files.list(process("fd"))) {
      return files.count();
    }
  }

  /** What lives on its heap: collects first, and gives back to the system what is free. */
  long heapBytes() throws IOException {
    return server.ask(new Fields("heap")).number("bytes");
  }

  /** Its memory that is in RAM. Ask for {@link #heapBytes} first, or it holds a free heap. */
  long residentBytes() throws IOException {
    Path status = process("status");
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException(status + " has no VmRSS");
  }

  private Path process(String entry) {
    return Path.of("/proc", Long.toString(server.pid()), entry);
  }
}
