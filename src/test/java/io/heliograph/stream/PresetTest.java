package io.heliograph.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.settings.InvalidSettingsException;
import io.heliograph.settings.Settings;
import io.heliograph.stream.Limits.Excess;
import io.heliograph.stream.Limits.Rate;
import io.heliograph.stream.RefusedConnectionException.Limit;
import io.heliograph.stream.StreamPolicy.Access;
import io.heliograph.stream.StreamPolicy.Envelope;
import io.heliograph.stream.StreamPolicy.HeartbeatForm;
import io.heliograph.stream.StreamPolicy.Isolation;
import io.heliograph.stream.StreamPolicy.Overflow;
import io.heliograph.stream.StreamPolicy.ReplayLost;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The systems' streams: what each was promised, and that it can be set otherwise. */
class PresetTest {
  private static final String SYSTEMS = "heliograph.systems";

  @Test
  void declaresNoSystem_unlessItIsSwitchedOn() {
    assertEquals(List.of("events"), names(read(Map.of())));
    assertEquals(
        List.of("events", "a", "jobs", "tasks"),
        names(read(Map.of(SYSTEMS, "jobs, tasks", "heliograph.streams", "a"))));
  }

  @Test
  void dashboard() {
    StreamPolicy policy = system("dashboard");

    assertEquals(Access.PUBLIC, policy.access());
    assertEquals(Duration.ofSeconds(15), policy.heartbeatEvery());
    assertEquals(HeartbeatForm.EVENT, policy.heartbeatForm());
    assertEquals(ReplayLost.FRESH, policy.replayLost());
    assertTrue(policy.limits().connections() >= 100);
  }

  @Test
  void monitors() {
    StreamPolicy policy = system("monitors");

    assertEquals(Access.AUTHENTICATED, policy.access());
    assertEquals(Set.of(Isolation.TENANT), policy.isolation());
    assertEquals(Envelope.TYPED, policy.envelope());
    assertEquals(Duration.ofSeconds(30), policy.heartbeatEvery());
    assertEquals(10, policy.bufferEvents());
    assertEquals(Overflow.DROP_OLDEST, policy.overflow());
    assertEquals(new Limits(10_000, 0, 0, 0, 200, Excess.REJECT, null), policy.limits());
  }

  @Test
  void tasks() {
    StreamPolicy policy = system("tasks");

    assertEquals(Access.PUBLIC, policy.access());
    assertEquals(1, policy.limits().perSession());
    assertEquals(Excess.REPLACE, policy.limits().excess());
  }

  @Test
  void jobs() {
    StreamPolicy policy = system("jobs");

    assertEquals(Access.PUBLIC, policy.access());
    assertTrue(policy.saysHello());
    assertTrue(!policy.hasEventNames());
    assertEquals(Duration.ofSeconds(25), policy.heartbeatEvery());
    assertEquals(HeartbeatForm.COMMENT, policy.heartbeatForm());
    assertEquals("ping", policy.heartbeatText());
    assertEquals(Duration.ofMinutes(5), policy.idleTimeout());
    assertEquals(new Limits(10_000, 2, 50, 1, 0, Excess.REJECT, null), policy.limits());
    assertEquals("bye", policy.farewell());
  }

  @Test
  void observability() {
    StreamPolicy policy = system("observability");

    assertEquals(Access.AUTHENTICATED, policy.access());
    assertEquals(Set.of(Isolation.OWNER), policy.isolation());
    assertEquals(Envelope.VERSIONED, policy.envelope());
    assertEquals(HeartbeatForm.COMMENT, policy.heartbeatForm());
    assertEquals("heartbeat", policy.heartbeatText());
    assertEquals(1000, policy.bufferEvents());
    assertEquals(Overflow.DROP_OLDEST, policy.overflow());
    assertEquals(ReplayLost.FRESH, policy.replayLost());
    assertEquals(
        new Limits(100, 5, 0, 0, 0, Excess.REJECT, new Rate(10, Duration.ofMinutes(1))),
        policy.limits());
  }

  @Test
  void leavesTheOtherStreamsTheirDefaults() {
    assertEquals(
        StreamPolicy.defaults("events"),
        read(Map.of(SYSTEMS, "dashboard,monitors,tasks,jobs,observability")).require("events"));
  }

  @Test
  void isNoPreset_whereAnOrdinaryStreamHasASystemsName() {
    assertEquals(
        StreamPolicy.defaults("jobs"), read(Map.of("heliograph.streams", "jobs")).require("jobs"));
  }

  @Test
  void letsEveryKeyBeOverridden() {
    StreamPolicy policy =
        read(Map.of(
                SYSTEMS,
                "jobs",
                "heliograph.stream.jobs.access",
                "authenticated",
                "heliograph.stream.jobs.hello",
                "false",
                "heliograph.stream.jobs.heartbeat.text",
                "tick",
                "heliograph.stream.jobs.limit.per-address",
                "7",
                "heliograph.stream.jobs.retry",
                "9s"))
            .require("jobs");

    assertEquals(Access.AUTHENTICATED, policy.access());
    assertTrue(!policy.saysHello());
    assertEquals("tick", policy.heartbeatText());
    assertEquals(7, policy.limits().perAddress());
    assertEquals(Duration.ofSeconds(9), policy.retry());
    assertEquals(Duration.ofSeconds(25), policy.heartbeatEvery(), "the others stay");
  }

  @Test
  void fallsBackToThePresetsValue_whereAnotherDoesNotFit() {
    assertEquals(
        List.of("heliograph.stream.jobs.hello: '1' was given, it takes true or false"),
        problems(Map.of(SYSTEMS, "jobs", "heliograph.stream.jobs.hello", "1")));
  }

  @Test
  void refusesAContradictionWithThePreset() {
    assertEquals(
        List.of(
            "heliograph.stream.monitors.isolation: a public stream shows everybody everything;"
                + " take none, or access=authenticated"),
        problems(Map.of(SYSTEMS, "monitors", "heliograph.stream.monitors.access", "public")));
    assertEquals(
        1,
        problems(Map.of(SYSTEMS, "tasks", "heliograph.stream.tasks.limit.per-session", "0"))
            .size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"chat", "none", "events", "JOBS"})
  void refusesWhatIsNoSystem(String name) {
    assertEquals(
        List.of(
            "heliograph.systems: there is no system '"
                + name
                + "'; take some of dashboard, monitors, tasks, jobs, observability"),
        problems(Map.of(SYSTEMS, name)));
  }

  @Test
  void refusesASystemDeclaredTwice_alsoAsAStream() {
    assertEquals(
        List.of("heliograph.systems: 'jobs' is declared twice"),
        problems(Map.of(SYSTEMS, "jobs,jobs")));
    assertEquals(
        List.of(
            "heliograph.systems: 'jobs' stands in heliograph.streams too; a system declares its"
                + " stream itself, take it out there"),
        problems(Map.of(SYSTEMS, "jobs", "heliograph.streams", "jobs")));
  }

  @Test
  void saysWhereToSwitchASystemOn_whoseKeysAreSet() {
    assertEquals(
        List.of(
            "heliograph.stream.jobs.retry: stream 'jobs' is not declared; declare it in"
                + " heliograph.systems"),
        problems(Map.of("heliograph.stream.jobs.retry", "3s")));
  }

  @Test
  void takesTheVariablesThatJobsAlwaysHad() {
    Map<String, String> values =
        Map.of(SYSTEMS, "jobs", "SSE_IDLE_TIMEOUT_MS", "90000", "SSE_MAX_CONN_PER_IP", " 4 ");

    StreamPolicy policy = read(values).require("jobs");

    assertEquals(Duration.ofSeconds(90), policy.idleTimeout());
    assertEquals(4, policy.limits().perAddress());
    assertEquals(StreamPolicy.defaults("events"), read(values).require("events"));
  }

  @Test
  void takesZeroAndNothingFromAVariable() {
    StreamPolicy zero =
        read(Map.of(SYSTEMS, "jobs", "SSE_IDLE_TIMEOUT_MS", "0", "SSE_MAX_CONN_PER_IP", "0"))
            .require("jobs");

    assertEquals(Duration.ZERO, zero.idleTimeout());
    assertEquals(0, zero.limits().perAddress());
    assertEquals(
        system("jobs"),
        read(Map.of(SYSTEMS, "jobs", "SSE_IDLE_TIMEOUT_MS", " ", "SSE_MAX_CONN_PER_IP", ""))
            .require("jobs"));
  }

  @Test
  void prefersItsOwnKeyToAVariable() {
    Map<String, String> values = new HashMap<>();
    values.put(SYSTEMS, "jobs");
    values.put("SSE_IDLE_TIMEOUT_MS", "90000");
    values.put("SSE_MAX_CONN_PER_IP", "4");
    values.put("heliograph.stream.jobs.idle-timeout", "7m");
    values.put("heliograph.stream.jobs.limit.per-address", "9");

    StreamPolicy policy = read(values).require("jobs");

    assertEquals(Duration.ofMinutes(7), policy.idleTimeout());
    assertEquals(9, policy.limits().perAddress());
  }

  @ParameterizedTest
  @CsvSource({
    "SSE_IDLE_TIMEOUT_MS, 5m, 1000",
    "SSE_IDLE_TIMEOUT_MS, 999, 1000",
    "SSE_IDLE_TIMEOUT_MS, -1, 1000",
    "SSE_IDLE_TIMEOUT_MS, 9999999999, 1000",
    "SSE_MAX_CONN_PER_IP, two, 1",
    "SSE_MAX_CONN_PER_IP, 1.5, 1",
    "SSE_MAX_CONN_PER_IP, ٣, 1"
  })
  void refusesAVariableThatDoesNotFit_underItsOwnName(String name, String value, String lowest) {
    assertEquals(
        List.of(
            name
                + ": '"
                + value
                + "' was given, it takes a whole number, 0 for none or "
                + lowest
                + " to 999999999"),
        problems(Map.of(SYSTEMS, "jobs", name, value)));
    assertEquals(List.of("events"), names(read(Map.of(name, value))), "nobody asks for it");
  }

  @Test
  void hasTheWordsItsClientsKnow() {
    assertEquals("Too many SSE connections from this IP", Preset.JOBS.sentence(Limit.ADDRESS));
    assertEquals("Too many SSE connections for this session", Preset.JOBS.sentence(Limit.SESSION));
    assertNull(Preset.JOBS.sentence(Limit.NODE));
    for (Limit limit : Limit.values()) {
      assertNull(Preset.NONE.sentence(limit));
      assertNull(Preset.OBSERVABILITY.sentence(limit));
    }
  }

  @Test
  void namesEachSystemsDoor() {
    for (Preset preset : Preset.values()) {
      assertEquals(preset == Preset.NONE, preset.door().isEmpty(), preset.name());
    }
  }

  private static StreamPolicy system(String name) {
    return read(Map.of(SYSTEMS, name)).require(name);
  }

  private static List<String> names(StreamPolicies policies) {
    return policies.all().stream().map(StreamPolicy::name).toList();
  }

  private static StreamPolicies read(Map<String, String> values) {
    Settings settings = Settings.of(values);
    StreamPolicies policies = StreamPolicies.read(settings);
    settings.check();
    return policies;
  }

  private static List<String> problems(Map<String, String> values) {
    return assertThrows(InvalidSettingsException.class, () -> read(values)).problems();
  }
}
