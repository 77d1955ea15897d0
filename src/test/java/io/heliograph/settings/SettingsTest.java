package io.heliograph.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private enum Colour {
    RED,
    DARK_BLUE
  }

  @Test
  void presumesAnotherDefault_whichIsDeclaredAndFallenBackOn() {
    Settings settings = Settings.of(Map.of("heliograph.b", "x"));
    settings.presume("a", "7s");
    settings.presume("b", "true");

    assertEquals(Duration.ofSeconds(7), settings.duration("a", "1s"));
    assertTrue(settings.flag("b", false));
    assertEquals(Map.of("heliograph.a", "7s", "heliograph.b", "true"), settings.declared());
    assertThrows(InvalidSettingsException.class, settings::check);
  }

  @Test
  void readsForeignNames_withoutMakingThemItsOwn() {
    Settings settings = Settings.of(Map.of("OLD_NAME", " 7 ", "EMPTY", " "));

    assertEquals(Optional.of("7"), settings.foreign("OLD_NAME"));
    assertEquals(Optional.empty(), settings.foreign("EMPTY"));
    assertEquals(Optional.empty(), settings.foreign("NONE"));
    assertEquals(Map.of(), settings.declared());
  }

  @Test
  void givesTheDefault_whereNothingIsSet() {
    Settings settings = Settings.of(Map.of());

    assertEquals("a", settings.text("text", "a"));
    assertEquals(List.of("a", "b"), settings.list("list", "a,b"));
    assertEquals(Duration.ofSeconds(15), settings.duration("duration", "15s"));
    assertEquals(1024, settings.bytes("bytes", "1KiB"));
    assertEquals(7, settings.number("number", 7, 1, 10));
    assertTrue(settings.flag("flag", true));
    assertEquals(Colour.DARK_BLUE, settings.choice("choice", Colour.DARK_BLUE, Colour.class));
    settings.check();
  }

  @Test
  void readsWhatIsSet() {
    Settings settings =
        Settings.of(
            Map.of(
                "heliograph.text", " b ",
                "heliograph.list", "a, ,b,",
                "heliograph.duration", "0",
                "heliograph.bytes", "2GiB",
                "heliograph.number", "10",
                "heliograph.flag", "false",
                "heliograph.choice", "dark-blue"));

    assertEquals("b", settings.text("text", "a"));
    assertEquals(List.of("a", "b"), settings.list("list", ""));
    assertEquals(Duration.ZERO, settings.duration("duration", "15s"));
    assertEquals(2L << 30, settings.bytes("bytes", "1KiB"));
    assertEquals(10, settings.number("number", 7, 1, 10));
    assertEquals(false, settings.flag("flag", true));
    assertEquals(Colour.DARK_BLUE, settings.choice("choice", Colour.RED, Colour.class));
    settings.check();
  }

  @Test
  void listsEveryProblem_inOneMessage() {
    Settings settings =
        Settings.of(
            Map.of(
                "heliograph.duration", "15 seconds",
                "heliograph.number", "11",
                "heliograph.choice", "green",
                "heliograph.flag", "yes"));
    settings.duration("duration", "15s");
    settings.number("number", 7, 1, 10);
    settings.choice("choice", Colour.RED, Colour.class);
    settings.flag("flag", true);
    settings.problem("a and b contradict each other");

    List<String> problems = problems(settings);

    assertEquals(5, problems.size());
    assertEquals(
        "heliograph.number: '11' was given, it takes a whole number from 1 to 10", problems.get(1));
    assertEquals(
        "heliograph.choice: 'green' was given, it takes one of red, dark-blue", problems.get(2));
  }

  @Test
  void givesTheDefault_whereTheValueDoesNotFit() {
    Settings settings = Settings.of(Map.of("heliograph.duration", "soon"));

    assertEquals(Duration.ofSeconds(15), settings.duration("duration", "15s"));
  }

  @Test
  void refusesNumbersThatOverflow() {
    Settings settings =
        Settings.of(
            Map.of(
                "heliograph.bytes", "999999999999GiB",
                "heliograph.duration", "999999999d",
                "heliograph.number", "9999999999",
                "heliograph.bounded", "2KiB"));
    settings.bytes("bytes", "1KiB");
    settings.duration("duration", "15s");
    settings.number("number", 7, 1, 10);
    settings.bytes("bounded", "1KiB", 1, 1024);

    assertEquals(4, problems(settings).size());
  }

  @Test
  void refusesKeysThatNobodyRead_andSaysWhichWasMeant() {
    Settings settings = Settings.of(Map.of("heliograph.idle_timeout", "5m"));
    settings.duration("idle-timeout", "0");

    List<String> problems = problems(settings);

    assertEquals(1, problems.size());
    assertTrue(problems.get(0).contains("did you mean heliograph.idle-timeout?"), problems.get(0));
  }

  @Test
  void leavesOthersKeysAlone() {
    Settings settings =
        new Settings(
            name -> Optional.empty(), List.of("java.version", "PATH", "HELIOGRAPHIC", "helio.a"));

    settings.check();
  }

  @Test
  void knowsItsKeysInTheEnvironment() {
    Settings settings =
        new Settings(
            name -> Optional.empty(),
            List.of("HELIOGRAPH_IDLE_TIMEOUT", "HELIOGRAPH_IDEL_TIMEOUT"));
    settings.duration("idle-timeout", "0");

    List<String> problems = problems(settings);

    assertEquals(1, problems.size());
    assertTrue(problems.get(0).startsWith("HELIOGRAPH_IDEL_TIMEOUT: no such setting"));
  }

  /** Red without the exemption: beside a Service named heliograph no pod of the hub started. */
  @Test
  void leavesWhatKubernetesSetsBesideItsServiceAlone() {
    List<String> kubernetes =
        List.of(
            "HELIOGRAPH_SERVICE_HOST",
            "HELIOGRAPH_SERVICE_PORT",
            "HELIOGRAPH_SERVICE_PORT_HTTP",
            "HELIOGRAPH_PORT",
            "HELIOGRAPH_PORT_8080_TCP",
            "HELIOGRAPH_PORT_8080_TCP_PROTO",
            "HELIOGRAPH_PORT_8080_TCP_PORT",
            "HELIOGRAPH_PORT_8080_TCP_ADDR");
    new Settings(name -> Optional.empty(), kubernetes).check();
    assertEquals(
        2,
        problems(
                new Settings(
                    name -> Optional.empty(),
                    List.of("HELIOGRAPH_SERVICE_HOSTS", "HELIOGRAPH_PORTS")))
            .size());
  }

  @Test
  void toleratesASourcesGuess_atWhatAVariableStandsFor() {
    Settings settings =
        new Settings(
            name -> Optional.empty(), Set.of("HELIOGRAPH_IDLE_TIMEOUT", "heliograph.idle.timeout"));
    settings.duration("idle-timeout", "0");

    settings.check();
    assertEquals(List.of(), settings.presentKeys("idle"));
  }

  @Test
  void saysOnce_whyAKeyIsRefused() {
    Settings settings = Settings.of(Map.of("heliograph.stream.a.retry", "3s"));
    settings.refuse("stream.a.retry", "declare it");

    assertEquals(List.of("heliograph.stream.a.retry: declare it"), problems(settings));
  }

  @Test
  void tellsWhatWasRead_withItsDefault() {
    Settings settings = Settings.of(Map.of("heliograph.b", "2"));
    settings.number("b", 1, 0, 9);
    settings.choice("a", Colour.DARK_BLUE, Colour.class);

    assertEquals(
        "{heliograph.b=1, heliograph.a=dark-blue}", settings.declared().toString(), "in order");
  }

  private static List<String> problems(Settings settings) {
    return assertThrows(InvalidSettingsException.class, settings::check).problems();
  }
}
