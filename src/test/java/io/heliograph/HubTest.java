package io.heliograph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.metrics.HubMetrics;
import io.heliograph.metrics.TestRegistry;
import io.heliograph.settings.Settings;
import java.nio.file.Path;
import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a whole node says when it starts, and leaves when it stops. */
class HubTest {
  @Test
  void warnsOnceOfThePublicStreams_byName(@TempDir Path data) {
    assertEquals(
        List.of(
            "anybody may read, without a credential: a, jobs; where that is not meant, set"
                + " heliograph.stream.<name>.access=authenticated"),
        warnings(
            data,
            Map.of(
                "heliograph.streams", "a",
                "heliograph.systems", "jobs,observability",
                "heliograph.stream.a.access", "public")));
  }

  @Test
  void warnsOfNothing_whereNoStreamIsPublic(@TempDir Path data) {
    assertEquals(List.of(), warnings(data, Map.of("heliograph.streams", "a")));
  }

  /**
   * Invariant 8: the server's registry outlives the hub, and a gauge would keep it.
   *
   * <p>Red without the closing of metrics.
   */
  @Test
  void leavesNoMetricBehind(@TempDir Path data) {
    TestRegistry server = new TestRegistry();
    HubMetrics metrics = new HubMetrics(server.registry());
    Hub hub = new Hub(Settings.of(Map.of("heliograph.data", data.toString())), metrics);
    for (String gauge : List.of("connections_active", "ring_bytes", "log_lag_events")) {
      assertTrue(server.names().contains("heliograph_" + gauge), server.names().toString());
    }
    hub.close();
    assertEquals(Set.of(), server.names());
  }

  private static List<String> warnings(Path data, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("heliograph.data", data.toString());
    Warnings warnings = new Warnings();
    Logger logger = Logger.getLogger(Hub.class.getName());
    boolean was = logger.getUseParentHandlers();
    logger.setUseParentHandlers(false);
    logger.addHandler(warnings);
    try {
      new Hub(Settings.of(all), new HubMetrics(null)).close();
    } finally {
      logger.removeHandler(warnings);
      logger.setUseParentHandlers(was);
    }
    return warnings.all;
  }

  private static final class Warnings extends Handler {
    private final List<String> all = new ArrayList<>();

    @Override
    public void publish(LogRecord record) {
      if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
        all.add(new MessageFormat(record.getMessage()).format(record.getParameters()));
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
