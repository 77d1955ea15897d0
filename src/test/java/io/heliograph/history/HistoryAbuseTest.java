package io.heliograph.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.View;
import io.heliograph.stream.InvalidParameterException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryAbuseTest {

  @ParameterizedTest
  @CsvSource({
    "limit, 0",
    "limit, 1001",
    "limit, -1",
    "limit, 1.5",
    "limit, ten",
    "limit, 99999999999999999999",
    "limit, ٣",
    "wait, 61s",
    "wait, 2m",
    "wait, 25",
    "wait, -1s",
    "wait, forever",
    "wait, 999999999999s",
    "since, yesterday",
    "since, 2026-11-21",
    "since, 2026-11-21T10:00:00",
    "since, 2026-11-21T10:00:00 01:00",
    "since, +999999999-12-31T23:59:59Z",
    "since, -0001-01-01T00:00:00Z",
    "since, 999999999999999",
    "since, 9999999999999999999999",
    "until, -5",
    "until, 1e3"
  })
  void refusesWhatDoesNotFit_namingTheParameter(String name, String value) {
    String message = refused(Map.of(name, List.of(value)));

    assertTrue(message.startsWith(name + ": '" + value + "' was given, it takes "), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\rb", "a\u0000b", "\ud800"})
  void refusesControlCharacters(String value) {
    assertTrue(refused(Map.of("type", List.of(value))).startsWith("type: "));
    assertTrue(refused(Map.of("correlation_id", List.of(value))).startsWith("correlation_id: "));
  }

  @Test
  void refusesTooLong_andTooMany() {
    assertTrue(refused(Map.of("type", List.of("x".repeat(129)))).startsWith("type: 129"));
    assertTrue(
        refused(Map.of("correlation_id", List.of("x".repeat(257)))).startsWith("correlation_id"));
    List<String> many = IntStream.range(0, 101).mapToObj(i -> "t" + i).toList();
    assertEquals("type: more than 100 were given", refused(Map.of("type", many)));
    assertEquals(
        "type: more than 100 were given", refused(Map.of("type", List.of(String.join(",", many)))));
    assertTrue(refused(Map.of("limit", List.of("9".repeat(100_000)))).length() < 200);
  }

  @Test
  void refusesAWaitForWhatHasAnEnd() {
    assertTrue(
        refused(Map.of("wait", List.of("1s"), "until", List.of("1000"))).startsWith("wait: "));
  }

  @Test
  void takesWhatIsEmpty_forAbsent() {
    HistoryQuery query =
        parse(
            Map.of(
                "after", List.of(" "),
                "since", List.of(""),
                "until", List.of(""),
                "limit", List.of(""),
                "type", List.of("", ",, "),
                "correlation_id", List.of(""),
                "wait", List.of("", "5s")));

    assertNull(query.after());
    assertNull(query.since());
    assertEquals(100, query.limit());
    assertEquals(Duration.ZERO, query.longestWait());
    assertEquals(View.of("s"), query.view());
  }

  @Test
  void takesTheMost() {
    HistoryQuery query =
        parse(Map.of("limit", List.of("1000"), "wait", List.of("1m"), "type", List.of("a,b", "c")));

    assertEquals(1000, query.limit());
    assertEquals(Duration.ofSeconds(60), query.longestWait());
    assertEquals(Set.of("a", "b", "c"), query.view().types());
  }

  private static String refused(Map<String, List<String>> parameters) {
    return String.valueOf(
        assertThrows(InvalidParameterException.class, () -> parse(parameters)).getMessage());
  }

  private static HistoryQuery parse(Map<String, List<String>> parameters) {
    return HistoryQuery.parse(View.of("s"), parameters);
  }
}
