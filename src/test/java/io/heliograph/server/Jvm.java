package io.heliograph.server;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** A server's JVM, this one or another, as the JDK's own tool sees it. */
public record Jvm(long pid) {
  /** Bytes of live objects in its heap, after a full collection. */
  public long liveBytes() {
    String total =
        jcmd("GC.class_histogram")
            .lines()
            .filter(l -> l.startsWith("Total"))
            .findFirst()
            .orElse("");
    return Long.parseLong(total.strip().split("\\s+", -1)[2]);
  }

  /** What a class holds of them: its own objects, without what they refer to. */
  public String histogram(int lines) {
    return String.join("\n", jcmd("GC.class_histogram").lines().limit(lines).toList());
  }

  /** How many live objects of exactly that class there are, after a full collection. */
  public long instances(String className) {
    return jcmd("GC.class_histogram")
        .lines()
        .map(line -> line.strip().split("\\s+", -1))
        .filter(columns -> columns.length >= 4 && columns[3].equals(className))
        .mapToLong(columns -> Long.parseLong(columns[1]))
        .sum();
  }

  /** Each thread of Java's with its stack, as a thread dump has it. */
  public List<String> threads() {
    // A thread begins with its name; those of the JVM itself have no number.
    return List.of(jcmd("Thread.print").split("\n(?=\")", -1)).stream()
        .filter(thread -> thread.matches("(?s)\".*?\" #\\d+.*"))
        .toList();
  }

  /** A system property of it; empty if it has none of that name. */
  public String property(String name) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(jcmd("VM.system_properties")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty(name, "");
  }

  private String jcmd(String command) {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    try {
      Process run =
          new ProcessBuilder(jcmd.toString(), Long.toString(pid), command)
              .redirectErrorStream(true)
              .start();
      String out = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!run.waitFor(60, TimeUnit.SECONDS) || run.exitValue() != 0) {
        throw new AssertionError("jcmd " + command + " failed: " + out);
      }
      return out;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
