package io.heliograph.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.settings.InvalidSettingsException;
import io.heliograph.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogConfigTest {
  private static Settings settings(Map<String, String> values) {
    return new Settings(name -> Optional.ofNullable(values.get(name)), values.keySet());
  }

  @Test
  void defaultsToADirectoryInTheHomeOfTheServersUser() {
    Settings settings = settings(Map.of());
    LogConfig config = LogConfig.from(settings);
    settings.check();
    assertEquals(Path.of(System.getProperty("user.home"), "heliograph-data"), config.data());
    assertEquals(config.data().resolve("log.db"), config.database());
    assertEquals(Duration.ofSeconds(10), config.trimEvery());
  }

  @Test
  void takesWhatIsSet() {
    Settings settings =
        settings(
            Map.of(
                "heliograph.log", "sqlite",
                "heliograph.data", "some/../where",
                "heliograph.trim.every", "1m",
                "heliograph.append.queue.events", "2000",
                "heliograph.append.queue.bytes", "16MiB"));
    LogConfig config = LogConfig.from(settings);
    settings.check();
    assertEquals(
        new LogConfig(Path.of("where").toAbsolutePath(), Duration.ofMinutes(1), 2_000, 16L << 20),
        config);
  }

  @Test
  void refusesStoresThatDoNotExistYet_andAQueueThatARequestDoesNotFitInto() {
    Settings settings =
        settings(
            Map.of(
                "heliograph.log", "redis",
                "heliograph.append.queue.events", "999",
                "heliograph.append.queue.bytes", "1MiB",
                "heliograph.trim.every", "0"));
    LogConfig.from(settings);
    InvalidSettingsException e =
        assertThrows(InvalidSettingsException.class, () -> settings.check());
    assertEquals(4, e.problems().size(), e::getMessage);
    assertTrue(
        e.problems().stream()
            .anyMatch(problem -> problem.contains("'redis' is not available yet")));
  }
}
