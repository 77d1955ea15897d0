package io.heliograph.bench;

import io.heliograph.embedded.HubProcess;
import io.heliograph.server.HubPlan;
import io.heliograph.server.RunningHub;
import io.heliograph.server.TestServer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The measured process: the server of this build with the hub at the root, and what is beside. */
final class BenchServer implements AutoCloseable {
  /** Between two looks at a WAR that comes up. */
  private static final long LOOK_MILLIS = 100;

  private final RunningHub hub;
  private final int port;
  private final ServerFigures figures;

  private BenchServer(RunningHub hub, int port) throws IOException {
    this.hub = hub;
    this.port = port;
    this.figures = ServerFigures.of(hub.pid());
  }

  /**
   * Starts it, and waits until all of it answers.
   *
   * @param settings of the hub
   * @param beside other WARs, each by its context root
   * @param jvmOptions all that its JVM gets besides what the server's own start script gives it
   */
  static BenchServer start(
      Path directory,
      Map<String, String> settings,
      Map<String, Path> beside,
      List<String> jvmOptions)
      throws IOException, InterruptedException {
    int port = HubProcess.freePort();
    Path data = Files.createDirectories(data(directory));
    RunningHub hub =
        TestServer.ofThisBuild()
            .launch(new HubPlan(port, data, null, settings, beside, jvmOptions, line -> {}));
    try {
      URI url = hub.awaitReady(HubProcess.START_DEADLINE);
      if (beside.containsKey(Target.TEXTBOOK_ROOT)) {
        awaitTextbook(url, hub.log());
      }
      return new BenchServer(hub, port);
    } catch (IOException | InterruptedException | RuntimeException e) {
      hub.close();
      throw e;
    }
  }

  /** Where the hub's data are under {@code directory}, and the server's log. */
  static Path data(Path directory) {
    return directory.resolve("data");
  }

  /** Nobody else refuses to be read at the path that it takes events at. */
  private static void awaitTextbook(URI url, Path log) throws IOException, InterruptedException {
    long end = System.nanoTime() + HubProcess.START_DEADLINE.toNanos();
    int status = 0;
    while (status != HttpURLConnection.HTTP_BAD_METHOD) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "the textbook's WAR did not come up, it answers " + status + "; see " + log);
      }
      Thread.sleep(LOOK_MILLIS);
      HttpURLConnection connection =
          (HttpURLConnection) url.resolve(Target.TEXTBOOK.publishPath()).toURL().openConnection();
      connection.setRequestProperty("Connection", "close");
      status = connection.getResponseCode();
      connection.disconnect();
    }
  }

  int port() {
    return port;
  }

  ServerFigures figures() {
    return figures;
  }

  /** Its data are nobody's any more, so it need not stop in good order. */
  @Override
  public void close() throws IOException {
    try {
      figures.close();
    } finally {
      hub.close();
    }
  }
}
