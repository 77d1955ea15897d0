package io.heliograph.bench;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.heliograph.embedded.EmbeddedHub;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.ObjectName;
import org.glassfish.embeddable.GlassFishException;
import org.jspecify.annotations.Nullable;

/**
 * The measured process: Payara Embedded with the hub at the root and the textbook beside it.
 *
 * <p>Says {@code ok} when both are deployed, then answers what it alone knows: {@code heap}, the
 * bytes that live after a collection, and {@code overhead}, how long it has collected and compiled
 * so far. Ends with its input.
 */
final class BenchServer {
  /** What is only reachable through a reference's queue goes in a second collection. */
  private static final int COLLECTIONS = 2;

  private BenchServer() {}

  /**
   * @param arguments port, directory for the server's files, the hub's WAR (or {@code -} for none),
   *     the textbook's (likewise)
   */
  public static void main(String[] arguments) throws IOException {
    PrintStream answers = System.out;
    // Payara logs to both; answers must stay alone on theirs.
    System.setOut(System.err);
    int status = 1;
    try (EmbeddedHub server =
        EmbeddedHub.start(Integer.parseInt(arguments[0]), Path.of(arguments[1]))) {
      requireDeployed(
          arguments[2], arguments[2].equals("-") || server.deploy(Path.of(arguments[2])));
      requireDeployed(
          arguments[3],
          arguments[3].equals("-") || server.deployBeside("textbook", Path.of(arguments[3])));
      answers.println(new Fields("ok"));
      BufferedReader commands =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (@Nullable String line = commands.readLine(); line != null; line = commands.readLine()) {
        answers.println(answer(Fields.parse(line)));
      }
      status = 0;
    } catch (GlassFishException | RuntimeException e) {
      e.printStackTrace(System.err);
      answers.println(new Fields("error").with("why", e));
    } finally {
      // A thread of Payara's would keep the JVM.
      System.exit(status);
    }
  }

  private static void requireDeployed(String war, boolean isDeployed) {
    if (!isDeployed) {
      throw new IllegalStateException("Payara did not deploy " + war);
    }
  }

  private static Fields answer(Fields question) {
    return switch (question.word()) {
      case "heap" -> new Fields("ok").with("bytes", heapBytes());
      case "overhead" ->
          new Fields("ok")
              .with("collecting", collectingMillis())
              .with("compiling", compilingMillis());
      default -> new Fields("error").with("why", "no question '" + question.word() + "'");
    };
  }

  private static long heapBytes() {
    // Both can be set at run time; a full collection then keeps little more than what lives.
    long[] usual = {freeRatio("MinHeapFreeRatio", 5), freeRatio("MaxHeapFreeRatio", 10)};
    for (int collection = 0; collection < COLLECTIONS; collection++) {
      System.gc();
    }
    freeRatio("MaxHeapFreeRatio", usual[1]);
    freeRatio("MinHeapFreeRatio", usual[0]);
    trimNativeHeap();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static long freeRatio(String option, long percent) {
    HotSpotDiagnosticMXBean machine =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    long before = Long.parseLong(machine.getVMOption(option).getValue());
    machine.setVMOption(option, Long.toString(percent));
    return before;
  }

  /** What the compiler took for a while would else be counted as resident until some later day. */
  private static void trimNativeHeap() {
    try {
      ManagementFactory.getPlatformMBeanServer()
          .invoke(
              ObjectName.getInstance("com.sun.management:type=DiagnosticCommand"),
              "systemTrimNativeHeap",
              new Object[0],
              new String[0]);
    } catch (JMException e) {
      throw new IllegalStateException(
          "this JVM cannot trim its native heap; use 17.0.9 or later", e);
    }
  }

  private static long compilingMillis() {
    return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
  }

  private static long collectingMillis() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }
}
