package io.heliograph.server;

import io.heliograph.embedded.Administrator;
import io.heliograph.embedded.CannotStartException;
import io.heliograph.embedded.Directories;
import io.heliograph.embedded.FirstKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A server's JVM that knows nothing of who started it. */
final class ServerProcess implements RunningHub {
  /** More than a farewell (5 s at most) and the server's own stopping take. */
  private static final Duration STOP_DEADLINE = Duration.ofSeconds(30);

  /** Between two looks at a server that starts. */
  private static final long LOOK_MILLIS = 100;

  /** Of a log, for a message. */
  private static final int TAIL_BYTES = 64 << 10;

  /** What a JVM says that SIGTERM ended in good order: 128 and the signal's number. */
  private static final int TERMINATED = 143;

  private final Process process;
  private final Process watch;
  private final URI url;
  private final Path base;
  private final Path log;
  private final long logBegin;
  private final Predicate<String> hasFailed;
  private final Deployments deployments;
  private @Nullable Administrator administrator;
  private List<String> secrets = List.of();

  /**
   * Starts {@code command}, with its output in {@code server.log} of the plan's data directory.
   *
   * @param base the server's own files, which go when this is closed
   * @param administrator whom {@code base} knows since just now; null for nobody
   * @param deployments how it is told what to run
   * @param hasFailed whether what it logged since it started says that the hub will not come up
   */
  ServerProcess(
      List<String> command,
      HubPlan plan,
      Path base,
      @Nullable Administrator administrator,
      Deployments deployments,
      Predicate<String> hasFailed)
      throws IOException {
    this.url = URI.create("http://127.0.0.1:" + plan.port() + "/");
    this.base = base;
    this.log = plan.data().toAbsolutePath().resolve("server.log");
    this.logBegin = Files.exists(log) ? Files.size(log) : 0;
    this.hasFailed = hasFailed;
    this.administrator = administrator;
    this.deployments = deployments;
    this.process =
        new ProcessBuilder(command)
            .directory(base.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    this.watch = watch(process.pid());
  }

  /** Its input ends when this JVM does, however it ends. */
  private static Process watch(long pid) throws IOException {
    return new ProcessBuilder("sh", "-c", "read end; kill -9 " + pid)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Override
  public URI awaitReady(Duration deadline) throws InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    while (!answers()) {
      boolean isGone = process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      if (isGone || System.nanoTime() > end || hasFailed.test(said())) {
        kill();
        throw new CannotStartException("the hub did not start; the server said\n" + said());
      }
    }
    if (administrator != null) {
      try {
        secrets = List.of(administrator.password(), FirstKey.ask(url, administrator));
        administrator = null;
      } catch (FirstKey.NotMadeException e) {
        throw new CannotStartException(String.valueOf(e.getMessage()), e);
      }
    }
    return url;
  }

  /** A server answers before what is deployed there does: with 404, or that it is not ready. */
  private boolean answers() {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) url.resolve("api/v2/me").toURL().openConnection();
      connection.setRequestProperty("Connection", "close");
      connection.setConnectTimeout(5_000);
      connection.setReadTimeout(5_000);
      int status = connection.getResponseCode();
      connection.disconnect();
      return status > 0 && status != 404 && status < 500;
    } catch (IOException e) {
      return false;
    }
  }

  /** The end of what was logged since this start. */
  private String said() {
    try {
      byte[] all = Files.readAllBytes(log);
      int from = (int) Math.max(Math.min(logBegin, all.length), all.length - (long) TAIL_BYTES);
      return new String(Arrays.copyOfRange(all, from, all.length), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<String> takeSecrets() {
    List<String> taken = secrets;
    secrets = List.of();
    return taken;
  }

  @Override
  public int stop() throws InterruptedException {
    process.toHandle().destroy();
    if (!process.waitFor(STOP_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
      process.toHandle().destroyForcibly();
    }
    int status = awaitEnd();
    return status == TERMINATED ? 0 : status;
  }

  @Override
  public void kill() throws InterruptedException {
    process.toHandle().destroyForcibly();
    awaitEnd();
  }

  private int awaitEnd() throws InterruptedException {
    int status = process.waitFor();
    // Before its input ends: the number may be another process's now.
    watch.destroyForcibly().waitFor();
    return status;
  }

  @Override
  public Deployments deployments() {
    return deployments;
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public Path log() {
    return log;
  }

  @Override
  public void close() {
    try {
      kill();
      Directories.delete(base);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
