package io.heliograph.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.settings.InvalidSettingsException;
import io.heliograph.settings.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamPoliciesTest {

  @Test
  void hasTheGeneralPurposeStream_withAllDefaults_whenNothingIsSet() {
    StreamPolicies policies = read(Map.of());

    assertEquals(List.of(StreamPolicy.defaults("events")), List.copyOf(policies.all()));
  }

  @Test
  void readsTheContractsDefaults() {
    assertEquals(
        new StreamPolicy(
            "events",
            Preset.NONE,
            StreamPolicy.Access.AUTHENTICATED,
            Set.of(),
            StreamPolicy.Envelope.PAYLOAD,
            true,
            false,
            Duration.ofSeconds(15),
            StreamPolicy.HeartbeatForm.COMMENT,
            "heartbeat",
            Duration.ZERO,
            Duration.ZERO,
            Duration.ofSeconds(60),
            1000,
            1024 * 1024,
            StreamPolicy.Overflow.RESUME,
            Duration.ofHours(24),
            100_000,
            10_000,
            StreamPolicy.ReplayLost.OLDEST,
            Duration.ofSeconds(3),
            "server_shutdown",
            new Limits(10_000, 100, 50, 0, 0, Limits.Excess.REJECT, null)),
        StreamPolicy.defaults("events"));
  }

  @Test
  void readsEveryKey() {
    Map<String, String> values = new HashMap<>();
    values.put("heliograph.streams", "orders");
    values.put("heliograph.stream.orders.access", "authenticated");
    values.put("heliograph.stream.orders.isolation", "tenant,owner");
    values.put("heliograph.stream.orders.envelope", "typed");
    values.put("heliograph.stream.orders.event-names", "false");
    values.put("heliograph.stream.orders.hello", "true");
    values.put("heliograph.stream.orders.heartbeat.every", "30s");
    values.put("heliograph.stream.orders.heartbeat.as", "event");
    values.put("heliograph.stream.orders.heartbeat.text", "ping");
    values.put("heliograph.stream.orders.idle-timeout", "5m");
    values.put("heliograph.stream.orders.max-lifetime", "1h");
    values.put("heliograph.stream.orders.write-timeout", "0");
    values.put("heliograph.stream.orders.buffer.events", "10");
    values.put("heliograph.stream.orders.buffer.bytes", "64KiB");
    values.put("heliograph.stream.orders.overflow", "drop-oldest");
    values.put("heliograph.stream.orders.history.age", "0");
    values.put("heliograph.stream.orders.history.events", "0");
    values.put("heliograph.stream.orders.replay.limit", "5");
    values.put("heliograph.stream.orders.replay.lost", "fresh");
    values.put("heliograph.stream.orders.retry", "250ms");
    values.put("heliograph.stream.orders.farewell", "bye");
    values.put("heliograph.stream.orders.limit.connections", "1");
    values.put("heliograph.stream.orders.limit.per-address", "2");
    values.put("heliograph.stream.orders.limit.per-user", "3");
    values.put("heliograph.stream.orders.limit.per-session", "4");
    values.put("heliograph.stream.orders.limit.per-tenant", "5");
    values.put("heliograph.stream.orders.session.excess", "replace");
    values.put("heliograph.stream.orders.rate.per-address", "10/1m");

    assertEquals(
        new StreamPolicy(
            "orders",
            Preset.NONE,
            StreamPolicy.Access.AUTHENTICATED,
            Set.of(StreamPolicy.Isolation.TENANT, StreamPolicy.Isolation.OWNER),
            StreamPolicy.Envelope.TYPED,
            false,
            true,
            Duration.ofSeconds(30),
            StreamPolicy.HeartbeatForm.EVENT,
            "ping",
            Duration.ofMinutes(5),
            Duration.ofHours(1),
            Duration.ZERO,
            10,
            64 * 1024,
            StreamPolicy.Overflow.DROP_OLDEST,
            Duration.ZERO,
            0,
            5,
            StreamPolicy.ReplayLost.FRESH,
            Duration.ofMillis(250),
            "bye",
            new Limits(
                1, 2, 3, 4, 5, Limits.Excess.REPLACE, new Limits.Rate(10, Duration.ofMinutes(1)))),
        read(values).require("orders"));
  }

  @Test
  void findsOnlyDeclaredStreams() {
    StreamPolicies policies = read(Map.of("heliograph.streams", "b, a"));

    assertEquals(
        List.of("events", "b", "a"), policies.all().stream().map(StreamPolicy::name).toList());
    assertEquals(Optional.empty(), policies.find("c"));
    assertThrows(UnknownStreamException.class, () -> policies.require("c"));
  }

  @Test
  void configuresTheGeneralPurposeStream_listedOrNot() {
    String key = "heliograph.stream.events.retry";

    assertEquals(Duration.ofSeconds(9), read(Map.of(key, "9s")).require("events").retry());
    assertEquals(
        Duration.ofSeconds(9),
        read(Map.of(key, "9s", "heliograph.streams", "events")).require("events").retry());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,b,a", "events,events"})
  void refusesAStreamDeclaredTwice(String streams) {
    List<String> problems = problems(Map.of("heliograph.streams", streams));

    assertEquals(1, problems.size());
    assertTrue(problems.get(0).endsWith("is declared twice"), problems.get(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Orders", "a.b", "a b", "ä", "a/b"})
  void refusesWhatIsNoStreamsName(String name) {
    List<String> problems = problems(Map.of("heliograph.streams", name));

    assertEquals(1, problems.size());
    assertTrue(problems.get(0).startsWith("heliograph.streams: '" + name + "' is no stream's"));
  }

  @Test
  void saysWhereToDeclareAStream_whoseKeysAreSet() {
    assertEquals(
        List.of(
            "heliograph.stream.orders.retry: stream 'orders' is not declared; "
                + "declare it in heliograph.streams"),
        problems(Map.of("heliograph.stream.orders.retry", "3s")));
  }

  @ParameterizedTest
  @CsvSource({
    "buffer.events, 0",
    "buffer.events, -1",
    "buffer.bytes, 0",
    "buffer.bytes, 2GiB",
    "heartbeat.every, 999ms",
    "heartbeat.every, 15",
    "heartbeat.as, comments",
    "heartbeat.text, ''",
    "idle-timeout, 1ms",
    "max-lifetime, 1ms",
    "write-timeout, 1ms",
    "overflow, drop",
    "history.age, forever",
    "history.events, -1",
    "replay.limit, 0",
    "replay.lost, newest",
    "retry, 0",
    "retry, 2d",
    "farewell, gap",
    "farewell, ''",
    "envelope, none",
    "access, everybody",
    "isolation, tenants",
    "isolation, ''",
    "isolation, 'none,tenant'",
    "isolation, 'tenant,tenant'",
    "isolation, 'tenant,owner,region'",
    "hello, 1"
  })
  void refusesAValueThatDoesNotFit(String key, String value) {
    String name = "heliograph.stream.events." + key;

    List<String> problems = problems(Map.of(name, value));

    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.get(0).startsWith(name + ": "), problems.get(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"heartbeat.text", "farewell"})
  void refusesTextThatWouldEndItsLine(String key) {
    for (String breaking : List.of("a\nb", "a\rb", "a\u0000b", "a\u0085b")) {
      String name = "heliograph.stream.events." + key;

      List<String> problems = problems(Map.of(name, breaking));

      assertEquals(1, problems.size(), problems::toString);
      assertTrue(problems.get(0).startsWith(name + ": control character"), problems.get(0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"acess", "isolation.by", "retrry"})
  void refusesKeysItDoesNotKnow(String key) {
    List<String> problems = problems(Map.of("heliograph.stream.events." + key, "1"));

    assertEquals(1, problems.size());
    assertTrue(problems.get(0).contains("no such setting"), problems.get(0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "10/", "/1m", "10/0", "0/1m", "-1/1m", "10/1x", "10 / 1m", "10000/1m"})
  void refusesARateThatIsNone(String text) {
    List<String> problems = problems(Map.of("heliograph.stream.events.rate.per-address", text));

    assertEquals(
        List.of(
            "heliograph.stream.events.rate.per-address: '"
                + text
                + "' was given, it takes a rate such as 10/1m, at most 9999"),
        problems);
  }

  @ParameterizedTest
  @CsvSource({
    "none, ''",
    "tenant, TENANT",
    "owner, OWNER",
    "'tenant,owner', TENANT OWNER",
    "'owner , tenant', TENANT OWNER"
  })
  void readsTheIsolation(String text, String isolation) {
    StreamPolicy policy =
        read(Map.of("heliograph.stream.events.isolation", text)).require("events");

    assertEquals(
        isolation,
        policy.isolation().stream()
            .sorted()
            .map(Enum::name)
            .collect(java.util.stream.Collectors.joining(" ")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tenant", "owner", "tenant,owner"})
  void refusesAPublicStreamThatIsolates(String isolation) {
    assertEquals(
        List.of(
            "heliograph.stream.events.isolation: a public stream shows everybody everything; take"
                + " none, or access=authenticated"),
        problems(
            Map.of(
                "heliograph.stream.events.access",
                "public",
                "heliograph.stream.events.isolation",
                isolation)));
  }

  @Test
  void namesThePublicStreams() {
    assertEquals(List.of(), read(Map.of()).publicNames());
    assertEquals(
        List.of("a", "jobs"),
        read(Map.of(
                "heliograph.streams", "a,b",
                "heliograph.systems", "observability,jobs",
                "heliograph.stream.a.access", "public"))
            .publicNames());
  }

  @Test
  void tellsTheTrimRule() {
    assertEquals(
        "TrimRule[stream=events, age=PT24H, events=100000]",
        StreamPolicy.defaults("events").trimRule().toString());
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
