package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.deployed.DeployedHub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that go without a word, or stay without reading: their places come back. */
class VanishedClientIT extends DeployedClients {
  private static final Duration HEARTBEAT = Duration.ofSeconds(2);

  /** Two heartbeats, and a moment for a busy machine. */
  private static final Duration NOTICED = HEARTBEAT.multipliedBy(2).plusSeconds(1);

  private static final int SMALL_BUFFER_BYTES = 4096;
  private static final String MUCH = "\"" + "x".repeat(200_000) + "\"";

  enum Leaving {
    CLOSES,
    RESETS
  }

  @Deployment(testable = false)
  static WebArchive hub() {
    String beat = HEARTBEAT.toSeconds() + "s";
    return DeployedHub.with(
        "heliograph.streams=closes,resets,stays",
        "heliograph.stream.closes.limit.per-address=1",
        "heliograph.stream.closes.heartbeat.every=" + beat,
        "heliograph.stream.resets.limit.per-address=1",
        "heliograph.stream.resets.heartbeat.every=" + beat,
        "heliograph.stream.stays.limit.per-address=1",
        "heliograph.stream.stays.heartbeat.every=1s",
        "heliograph.stream.stays.write-timeout=2s");
  }

  private RawExchange subscriber(String stream, int receiveBufferBytes) throws IOException {
    RawExchange exchange = new RawExchange(door.at("."), "127.0.0.1", receiveBufferBytes);
    return exchange.send(
        "GET " + door.stream(stream).getRawPath() + " HTTP/1.1\r\n" + RawExchange.CALLER + "\r\n");
  }

  /** What a newcomer from the same address is answered; it leaves again. */
  private int statusOfAnother(String stream) {
    try (RawExchange another = subscriber(stream, 0)) {
      return another.headStatus();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long closed(String reason) {
    return door.get("api/v2/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("heliograph_connections_closed_total{reason=\"" + reason))
        .mapToLong(line -> Math.round(Double.parseDouble(line.substring(line.lastIndexOf(' ')))))
        .sum();
  }

  @ParameterizedTest
  @EnumSource
  void isNoticedWithinTwoHeartbeats_andItsPlaceIsFree(Leaving leaving) throws IOException {
    String stream = leaving.name().toLowerCase(Locale.ROOT);
    long before = closed("client_gone");
    RawExchange first = subscriber(stream, 0);
    assertEquals(200, first.headStatus());
    assertEquals(429, statusOfAnother(stream));

    if (leaving == Leaving.CLOSES) {
      first.close();
    } else {
      first.cut();
    }
    Waiting.until(
        "one who " + leaving + " is noticed", () -> closed("client_gone") > before, NOTICED);
    assertEquals(200, statusOfAnother(stream));
  }

  @Test
  void isEndedByTheWriteTimeout_whenItStaysAndReadsNothing() throws IOException {
    long before = closed("write_timeout");
    try (RawExchange silent = subscriber("stays", SMALL_BUFFER_BYTES)) {
      assertEquals(200, silent.headStatus());
      assertEquals(429, statusOfAnother("stays"));
      assertEquals(1, serverSockets(silent));

      Waiting.until(
          "one who reads nothing is ended",
          () -> {
            door.publish("stays", "t", MUCH);
            return closed("write_timeout") > before;
          });
      assertEquals(200, statusOfAnother("stays"));
      Waiting.until("the server has let its socket go", () -> serverSockets(silent) == 0);
    }
  }

  /**
   * How many sockets a process holds that are connected to {@code client}; those that only the
   * kernel still knows are not counted.
   */
  private int serverSockets(RawExchange client) {
    int server = door.at(".").getPort();
    String ends =
        String.format(Locale.ROOT, ".*:%04X [0-9A-F]+:%04X (01|08) .*", server, client.port());
    int count = 0;
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      Path file = Path.of(table);
      Assumptions.assumeTrue(Files.exists(file), "the kernel's sockets are read from " + table);
      try {
        count += (int) Files.readAllLines(file).stream().filter(line -> line.matches(ends)).count();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return count;
  }
}
