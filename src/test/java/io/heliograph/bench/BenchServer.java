package io.heliograph.bench;

import io.heliograph.embedded.EmbeddedHub;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.glassfish.embeddable.GlassFishException;
import org.jspecify.annotations.Nullable;

/**
 * The measured process: Payara Embedded with the hub at the root and the textbook beside it.
 *
 * <p>Says {@code ok} when both are deployed, then answers what it alone knows: {@code heap}, the
 * bytes that live after a collection, and {@code collecting}, the collectors' time so far. Ends
 * with its input.
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
      if (!arguments[2].equals("-")) {
        server.deploy(Path.of(arguments[2]));
      }
      if (!arguments[3].equals("-")) {
        deployTextbook(server, Path.of(arguments[3]));
      }
      answers.println(new Fields("ok"));
      BufferedReader commands =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (@Nullable String line = commands.readLine(); line != null; line = commands.readLine()) {
        answers.println(answer(Fields.parse(line)));
      }
      status = 0;
    } catch (GlassFishException | RuntimeException e) {
      answers.println(new Fields("error").with("why", e));
    } finally {
      // A thread of Payara's would keep the JVM.
      System.exit(status);
    }
  }

  private static void deployTextbook(EmbeddedHub server, Path war) throws GlassFishException {
    @Nullable String name =
        server
            .server()
            .getDeployer()
            .deploy(war.toFile(), "--name", "textbook", "--contextroot", "textbook");
    if (name == null) {
      throw new IllegalStateException("Payara did not deploy " + war);
    }
  }

  private static Fields answer(Fields question) {
    return switch (question.word()) {
      case "heap" -> new Fields("ok").with("bytes", heapBytes());
      case "collecting" -> new Fields("ok").with("millis", collectingMillis());
      default -> new Fields("error").with("why", "no question '" + question.word() + "'");
    };
  }

  private static long heapBytes() {
    for (int collection = 0; collection < COLLECTIONS; collection++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static long collectingMillis() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }
}
