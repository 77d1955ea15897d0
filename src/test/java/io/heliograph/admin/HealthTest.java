package io.heliograph.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a probe is told. */
class HealthTest {
  @Test
  void isWell_ifAllIs() {
    Health health =
        new Health(
            List.of(new Check("ticks", true, Map.of("last_ms_ago", 12L)), Check.of("log", true)));
    assertEquals(
        "{\"status\":\"UP\",\"checks\":["
            + "{\"name\":\"ticks\",\"status\":\"UP\",\"data\":{\"last_ms_ago\":12}},"
            + "{\"name\":\"log\",\"status\":\"UP\",\"data\":{}}]}",
        health.json());
  }

  /** Red when one that is well was enough. */
  @Test
  void isNotWell_ifOneIsNot() {
    Health health = new Health(List.of(Check.of("database", true), Check.of("log", false)));
    assertEquals(
        "{\"status\":\"DOWN\",\"checks\":["
            + "{\"name\":\"database\",\"status\":\"UP\",\"data\":{}},"
            + "{\"name\":\"log\",\"status\":\"DOWN\",\"data\":{}}]}",
        health.json());
  }

  /** Red without the least time: a pause of some seconds would have ended the node. */
  @Test
  void ticksMayBeLate_butNotForLong() {
    Duration every = Duration.ofSeconds(5);
    assertTrue(Liveness.isTurning(every, Duration.ofSeconds(49)));
    assertFalse(Liveness.isTurning(every, Duration.ofSeconds(51)));
    assertTrue(Liveness.isTurning(Duration.ofSeconds(1), Duration.ofSeconds(29)));
    assertFalse(Liveness.isTurning(Duration.ofSeconds(1), Duration.ofSeconds(31)));
  }
}
