package io.heliograph.it;

import io.heliograph.server.Jvm;
import io.heliograph.server.RunningHub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What applications could leave in a server when they are undeployed.
 *
 * @param hubs objects of the hub's own
 * @param timers of {@code java.util}, each with a thread
 * @param schedulers likewise of {@code java.util.concurrent}
 * @param beans in the platform's MBean server
 * @param threads by name without numbers; not those of pools that grow with the server's work
 * @param openFiles but for the libraries of the server, which it opens when it needs them first
 * @param temporaryFiles but for those of the SQLite driver, which keeps them
 */
record Traces(
    long hubs,
    long classLoaders,
    long timers,
    long schedulers,
    long beans,
    Map<String, Integer> threads,
    List<String> openFiles,
    List<String> temporaryFiles) {
  private static final Pattern NAME = Pattern.compile("^\"([^\"]*)\"");

  /** The JDK's, Tomcat's and WildFly's. */
  private static final Pattern POOLS =
      Pattern.compile(
          "(ForkJoinPool\\.commonPool-worker-|process reaper|C[12] CompilerThread|Attach Listener"
              + "|http-nio-.*-exec-|default task-|management task-|ServerService Thread Pool"
              + "|EJB default|DeploymentScanner-threads|Reference Reaper|Weld Thread Pool"
              + "|External Management Request Threads|MSC service thread|XNIO-).*");

  /**
   * Those of {@code hub}'s server, after a full collection.
   *
   * @param temporary where it keeps temporary files
   */
  static Traces of(RunningHub hub, Path temporary) {
    Jvm jvm = new Jvm(hub.pid());
    return new Traces(
        jvm.instances("io.heliograph.Hub"),
        jvm.instances(hub.deployments().classLoader()),
        jvm.instances("java.util.TimerThread"),
        jvm.instances("java.util.concurrent.ScheduledThreadPoolExecutor"),
        jvm.instances("com.sun.jmx.mbeanserver.NamedObject"),
        threads(jvm),
        openFiles(hub.pid()),
        files(temporary));
  }

  private static Map<String, Integer> threads(Jvm jvm) {
    Map<String, Integer> threads = new TreeMap<>();
    for (String thread : jvm.threads()) {
      Matcher name = NAME.matcher(thread);
      if (name.find() && !POOLS.matcher(name.group(1)).matches()) {
        threads.merge(name.group(1).replaceAll("[0-9]+", ""), 1, Integer::sum);
      }
    }
    return threads;
  }

  private static List<String> openFiles(long pid) {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      List<String> open = new ArrayList<>();
      for (Path descriptor : (Iterable<Path>) descriptors::iterator) {
        String target = target(descriptor);
        if (target.startsWith("/") && !target.endsWith(".jar") && !target.endsWith("/jfr")) {
          open.add(target);
        }
      }
      return open.stream().sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Empty for one that has been closed since it was listed. */
  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return "";
    }
  }

  private static List<String> files(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> directory.relativize(file).toString())
          .filter(file -> !file.matches("sqlite-.*-libsqlitejdbc\\.so(\\.lck)?"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
