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

  private static String refused(Map<String, String> settings) {
    return String.valueOf(
        assertThrows(InvalidSettingsException.class, () -> HubConfig.read(Settings.of(settings)))
            .getMessage());
  }
}
