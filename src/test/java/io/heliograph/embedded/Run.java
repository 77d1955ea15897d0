package io.heliograph.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What {@code mvn -Prun} runs in Maven's JVM: starts the hub in another one, says how to use it,
 * and stops it when Maven is told to stop.
 */
final class Run {
  private static final String PORT = "heliograph.port";
  private static final String ADDRESS = "heliograph.address";
  private static final String ADMINISTRATOR = "heliograph.administrator";
  private static final String DATA = "heliograph.data";

  private Run() {}

  /** Arguments: the WAR, and the data directory if none is set. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    try {
      run(Path.of(arguments[0]), Path.of(arguments[1]));
    } catch (CannotStartException e) {
      say(e.getMessage());
      System.exit(1);
    }
  }

  private static void run(Path war, Path defaultData) throws IOException, InterruptedException {
    Path data = Path.of(setting(DATA, defaultData.toString()));
    Listening listening = Listening.on(setting(ADDRESS, Listening.LOOPBACK), port());
    HubProcess hub =
        HubProcess.launch(
            new HubProcess.Plan(
                war,
                listening.text(),
                listening.port(),
                data,
                people(),
                hubSettings(),
                Map.of(),
                List.of(),
                Run::say));
    AtomicBoolean isStopping = new AtomicBoolean();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  isStopping.set(true);
                  stop(hub);
                },
                "stop"));
    try {
      hub.awaitReady(HubProcess.START_DEADLINE);
      Introduction introduction = new Introduction(listening, data, hub.log());
      hub.takeHandover().ifPresent(handover -> say(introduction.text(handover)));
    } catch (CannotStartException e) {
      // It has said why, or is being stopped; else what follows says how it ended.
    }
    int status = hub.awaitEnd();
    if (status == Serve.REFUSED) {
      System.exit(1);
    }
    if (status != 0 && !isStopping.get()) {
      throw new CannotStartException(
          "the hub ended with status " + status + "; its log is " + hub.log());
    }
  }

  /**
   * Maven's JVM ends when this returns. After Ctrl-C the hub got its own signal from the terminal;
   * a second one changes nothing.
   */
  private static void stop(HubProcess hub) {
    try {
      hub.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Maven makes each {@code -D} a system property of its own JVM. */
  private static Map<String, String> hubSettings() {
    Map<String, String> settings = new TreeMap<>();
    for (String name : System.getProperties().stringPropertyNames()) {
      if (name.startsWith("heliograph.") && !HubProcess.LAUNCHER_SETTINGS.contains(name)) {
        settings.put(name, System.getProperty(name));
      }
    }
    return settings;
  }

  private static People people() {
    String name = setting(ADMINISTRATOR, "");
    return name.isEmpty() ? People.FIRST_ADMINISTRATOR : People.withNewPassword(name);
  }

  private static int port() {
    String text = setting(PORT, "8080");
    int port = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    if (port < 1 || port > 65535) {
      throw new CannotStartException(
          PORT + ": '" + text + "' was given, it takes a port from 1 to 65535");
    }
    return port;
  }

  private static String setting(String name, String defaultText) {
    @Nullable String property = System.getProperty(name);
    if (property != null) {
      return property;
    }
    @Nullable String variable = System.getenv(HubProcess.environmentName(name));
    return variable != null ? variable : defaultText;
  }

  private static void say(@Nullable String line) {
    System.out.println(line);
    System.out.flush();
  }
}
