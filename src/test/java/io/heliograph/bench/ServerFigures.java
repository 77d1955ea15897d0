package io.heliograph.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** What the server's process uses. Linux only: reads {@code /proc}. */
final class ServerFigures implements AutoCloseable {
  private final ProcessHandle process;
  private final ServerBeans beans;

  private ServerFigures(ProcessHandle process, ServerBeans beans) {
    this.process = process;
    this.beans = beans;
  }

  static ServerFigures of(long pid) throws IOException {
    ProcessHandle process =
        ProcessHandle.of(pid)
            .orElseThrow(() -> new IllegalStateException("the server, " + pid + ", has ended"));
    return new ServerFigures(process, ServerBeans.of(pid));
  }

  /** CPU time of all its threads so far, in steps of 10 ms. */
  Duration cpu() {
    return process
        .info()
        .totalCpuDuration()
        .orElseThrow(() -> new IllegalStateException("the server has ended"));
  }

  /** How long its collectors worked so far, and its compilers. */
  Overhead overhead() throws IOException {
    return beans.overhead();
  }

  /** Its open files, connections among them. */
  long openFiles() throws IOException {
    try (Stream<Path> files = Files.list(entry("fd"))) {
      return files.count();
    }
  }

  /** What lives on its heap: collects first, and gives back to the system what is free. */
  long heapBytes() throws IOException {
    return beans.heapBytes();
  }

  /** Its memory that is in RAM. Ask for {@link #heapBytes} first, or it holds a free heap. */
  long residentBytes() throws IOException {
    Path status = entry("status");
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException(status + " has no VmRSS");
  }

  private Path entry(String name) {
    return Path.of("/proc", Long.toString(process.pid()), name);
  }

  @Override
  public void close() throws IOException {
    beans.close();
  }
}
