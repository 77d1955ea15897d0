package io.heliograph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.settings.InvalidSettingsException;
import io.heliograph.settings.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What each setting permits by itself and not beside the others. */
class HubConfigTest {
  /** Seen red: a heartbeat of 15 s came each 30 s, and nobody was told. */
  @Test
  void refusesTimersThatItsOwnTickCannotKeep() {
    String message =
        refused(Map.of("heliograph.timer.every", "30s", "heliograph.stream.events.retry", "1s"));

    assertTrue(message.contains("heliograph.stream.events.heartbeat.every: 15000 ms"), message);
    assertTrue(message.contains("heliograph.timer.every, 30000 ms"), message);
    assertEquals(1, message.lines().filter(line -> line.contains("timer.every")).count(), message);
  }

  @Test
  void refusesARingLargerThanWhatAllMayHold() {
    String message =
        refused(
            Map.of(
                "heliograph.rings.bytes", "2MiB",
                "heliograph.stream.events.buffer.bytes", "3MiB"));

    assertTrue(message.contains("heliograph.stream.events.buffer.bytes: 3145728 bytes"), message);
  }

  /** Seen red: the time-out was never reached, and nobody was told. */
  @Test
  void refusesALongestLifeThatIsShorterThanTheTimeOut() {
    String message = refused(Map.of("heliograph.session.timeout", "25h"));

    assertTrue(message.contains("heliograph.session.max: 86400000 ms"), message);
    assertTrue(message.contains("heliograph.session.timeout, 90000000 ms"), message);
    HubConfig.read(
        Settings.of(Map.of("heliograph.session.timeout", "25h", "heliograph.session.max", "25h")));
  }

  @Test
  void refusesWhatIsWrongWithSystems_inTheSameMessage() {
    String message =
        refused(
            Map.of(
                "heliograph.systems", "jobs,chat",
                "heliograph.stream.events.access", "public",
                "heliograph.stream.events.isolation", "owner",
                "heliograph.timer.every", "2s",
                "SSE_IDLE_TIMEOUT_MS", "1500",
                "SSE_MAX_CONN_PER_IP", "two"));

    assertTrue(message.contains("heliograph.systems: there is no system 'chat'"), message);
    assertTrue(message.contains("heliograph.stream.events.isolation: a public stream"), message);
    assertTrue(message.contains("SSE_MAX_CONN_PER_IP: 'two' was given"), message);
    assertTrue(message.contains("heliograph.stream.jobs.idle-timeout: 1500 ms is"), message);
  }

  private static String refused(Map<String, String> settings) {
    return String.valueOf(
        assertThrows(InvalidSettingsException.class, () -> HubConfig.read(Settings.of(settings)))
            .getMessage());
  }
}
