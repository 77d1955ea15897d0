package io.heliograph.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A JVM of the same kind as this one, which answers each line it is sent with one.
 *
 * <p>It ends when its input does, so also when this JVM dies. What it writes besides answers goes
 * to its log file.
 */
final class JavaProcess implements AutoCloseable {
  private static final long ENDING_SECONDS = 20;

  /** Some JVM options write lines of their own. */
  private static final Pattern ANSWER = Pattern.compile("(ok|error)( |$)");

  private final String name;
  private final Path log;
  private final Process process;
  private final BufferedWriter commands;
  private final BufferedReader answers;

  /**
   * Starts it.
   *
   * @param log where its standard error goes
   * @param main what it runs; where it lies is its class path
   */
  JavaProcess(String name, Path log, List<String> jvmOptions, Class<?> main, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", location(main), main.getName()));
    command.addAll(arguments);
    this.name = name;
    this.log = log;
    process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    commands =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** CPU time of all its threads so far, from {@code /proc/<pid>/stat}, in steps of 10 ms. */
  Duration cpu() {
    return process
        .info()
        .totalCpuDuration()
        .orElseThrow(() -> new IllegalStateException(name + " has ended; see " + log));
  }

  /**
   * Sends {@code command} and waits for the answer.
   *
   * @throws IllegalStateException if the answer is an error, or the process ended instead
   */
  Fields ask(Fields command) throws IOException {
    commands.write(command + "\n");
    commands.flush();
    @Nullable String line = answers.readLine();
    while (line != null && !ANSWER.matcher(line).lookingAt()) {
      line = answers.readLine();
    }
    if (line == null) {
      throw new IllegalStateException(name + " ended without an answer; see " + log);
    }
    Fields answer = Fields.parse(line);
    if (!answer.word().equals("ok")) {
      throw new IllegalStateException(name + " answered '" + answer + "'; see " + log);
    }
    return answer;
  }

  private static String location(Class<?> type) {
    return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()))
        .toString();
  }

  @Override
  public void close() throws IOException {
    commands.close();
    try {
      if (!process.waitFor(ENDING_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
