package io.heliograph.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hub's settings, read once at start by one thread.
 *
 * <p>A value that does not fit is remembered as a problem and its default given, so that one start
 * finds every problem; {@link #check()} then refuses them together. Keys are {@code heliograph.}
 * and what the reader asks for.
 */
public final class Settings {
  /** Every key begins so. */
  public static final String PREFIX = "heliograph.";

  private static final String ENVIRONMENT_PREFIX = "HELIOGRAPH_";
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
  private static final Pattern BYTES = Pattern.compile("(\\d{1,12})(B|KiB|MiB|GiB)?");

  /**
   * What Kubernetes gives every container beside a Service named {@code heliograph}.
   *
   * @see <a href="https://kubernetes.io/docs/concepts/services-networking/service/">Service,
   *     "Environment variables"</a>
   */
  private static final Pattern KUBERNETES =
      Pattern.compile(
          "HELIOGRAPH_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?"
              + "|PORT(_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)");

  /** A hundred years: still a number of nanoseconds, which timers count in. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final Function<String, Optional<String>> values;
  private final Set<String> presentNames;
  private final Map<String, String> declared = new LinkedHashMap<>();
  private final Map<String, String> presumed = new HashMap<>();
  private final Set<String> refused = new HashSet<>();
  private final List<String> problems = new ArrayList<>();

  /**
   * @param values the value of a name, or empty; MicroProfile Config's own look-up also finds it
   *     under the name of an environment variable
   * @param presentNames every name that has a value, of whichever source
   */
  public Settings(Function<String, Optional<String>> values, Collection<String> presentNames) {
    this.values = values;
    this.presentNames = Set.copyOf(presentNames);
  }

  /** Settings that stand in {@code values} under their full names, and nowhere else. */
  public static Settings of(Map<String, String> values) {
    return new Settings(name -> Optional.ofNullable(values.get(name)), values.keySet());
  }

  /**
   * From now on {@code key} has the default {@code text}, whatever its reader gives; of several the
   * last counts. One that does not fit the reader is a fault of the hub's own.
   */
  public void presume(String key, String text) {
    presumed.put(key, text);
  }

  /**
   * What stands under {@code name}, which is none of the hub's own keys: a variable that operators
   * already set for what the hub replaces. Surrounding space does not count; empty is absent.
   */
  public Optional<String> foreign(String name) {
    return values.apply(name).map(String::strip).filter(text -> !text.isEmpty());
  }

  /** The text at {@code key}, or {@code defaultText}. Surrounding space does not count. */
  public String text(String key, String defaultText) {
    String standing = standing(key, defaultText);
    declared.put(PREFIX + key, standing);
    return values.apply(PREFIX + key).map(String::strip).orElse(standing);
  }

  private String standing(String key, String defaultText) {
    return presumed.getOrDefault(key, defaultText);
  }

  /** A comma list; empty items do not count. */
  public List<String> list(String key, String defaultText) {
    return Arrays.stream(text(key, defaultText).split(",", -1))
        .map(String::strip)
        .filter(item -> !item.isEmpty())
        .toList();
  }

  /** {@code 250ms}, {@code 15s}, {@code 5m}, {@code 24h}, {@code 7d} or {@code 0}. */
  public Duration duration(String key, String defaultText) {
    return parsed(
        key,
        defaultText,
        Settings::parseDuration,
        "a duration such as 250ms, 15s, 5m, 24h or 7d, at most " + LONGEST.toDays() + "d");
  }

  /** {@code 512}, {@code 64KiB}, {@code 1MiB} or {@code 2GiB}, in bytes. */
  public long bytes(String key, String defaultText) {
    return parsed(key, defaultText, Settings::parseBytes, "a size such as 64KiB or 1MiB");
  }

  /** A size within {@code lowest} and {@code highest}, in bytes. */
  public long bytes(String key, String defaultText, long lowest, long highest) {
    return parsed(
        key,
        defaultText,
        text -> parseBytes(text).filter(size -> size >= lowest && size <= highest),
        "a size such as 64KiB or 1MiB, from " + lowest + " to " + highest + " bytes");
  }

  /** A whole number within {@code lowest} and {@code highest}. */
  public int number(String key, int defaultNumber, int lowest, int highest) {
    return parsed(
        key,
        Integer.toString(defaultNumber),
        text -> parseNumber(text, lowest, highest),
        "a whole number from " + lowest + " to " + highest);
  }

  public boolean flag(String key, boolean defaultFlag) {
    return parsed(key, Boolean.toString(defaultFlag), Settings::parseFlag, "true or false");
  }

  /** One of {@code type}'s constants, written in lower case with '-' for '_'. */
  public <E extends Enum<E>> E choice(String key, E defaultChoice, Class<E> type) {
    List<String> words = Arrays.stream(type.getEnumConstants()).map(Settings::word).toList();
    return parsed(
        key,
        word(defaultChoice),
        text ->
            Arrays.stream(type.getEnumConstants())
                .filter(constant -> word(constant).equals(text))
                .findFirst(),
        "one of " + String.join(", ", words));
  }

  /** Remembers a problem that a reader found itself, such as a contradiction between two keys. */
  public void problem(String message) {
    problems.add(message);
  }

  /** Refuses the present {@code key} for a better reason than that nobody reads it. */
  public void refuse(String key, String reason) {
    refused.add(PREFIX + key);
    problems.add(PREFIX + key + ": " + reason);
  }

  /**
   * The keys that begin with {@code keyPrefix} and have a value, sorted. Not those that only the
   * environment names: there a '.', a '-' and a '_' cannot be told apart.
   */
  public List<String> presentKeys(String keyPrefix) {
    return presentNames.stream()
        .filter(name -> name.startsWith(PREFIX + keyPrefix) && !isGuessed(name))
        .map(name -> name.substring(PREFIX.length()))
        .sorted()
        .toList();
  }

  /** Every key that was read, with its default as text, in the order of reading. */
  public Map<String, String> declared() {
    return Collections.unmodifiableMap(declared);
  }

  /**
   * Refuses the configuration if anything in it was wrong or nobody read a key of it.
   *
   * @throws InvalidSettingsException with every problem
   */
  public void check() {
    List<String> all = new ArrayList<>(problems);
    for (String name : new TreeSet<>(presentNames)) {
      boolean isOurs =
          name.startsWith(PREFIX)
              && !declared.containsKey(name)
              && !refused.contains(name)
              && !isGuessed(name);
      boolean isOursInEnvironment =
          name.startsWith(ENVIRONMENT_PREFIX)
              && !KUBERNETES.matcher(name).matches()
              && declared.keySet().stream().noneMatch(key -> environmentName(key).equals(name));
      if (isOurs || isOursInEnvironment) {
        all.add(name + ": no such setting; see the README's configuration table" + nearest(name));
      }
    }
    if (!all.isEmpty()) {
      throw new InvalidSettingsException(all);
    }
  }

  /**
   * Whether {@code name} is a configuration source's guess at what a variable of the environment
   * stands for. SmallRye lists {@code A_B_C} as {@code a.b.c} too, although {@code a.b-c} may have
   * been meant; the variable itself is checked.
   */
  private boolean isGuessed(String name) {
    return presentNames.contains(environmentName(name));
  }

  private <T> T parsed(
      String key, String defaultText, Function<String, Optional<T>> parser, String expected) {
    String text = text(key, defaultText);
    Optional<T> value = parser.apply(text);
    if (value.isEmpty()) {
      problems.add(PREFIX + key + ": '" + text + "' was given, it takes " + expected);
      return parser.apply(standing(key, defaultText)).orElseThrow();
    }
    return value.get();
  }

  private String nearest(String name) {
    String canonical = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    return declared.keySet().stream()
        .filter(key -> key.replaceAll("[^a-z0-9]", "").equals(canonical))
        .findFirst()
        .map(key -> " (did you mean " + key + "?)")
        .orElse("");
  }

  /** The form that MicroProfile Config 3.1, section 5.3.1, gives a name in the environment. */
  private static String environmentName(String key) {
    return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The duration that {@code text} means, as {@link #duration} reads it; empty if it is none. */
  public static Optional<Duration> parseDuration(String text) {
    if (text.equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(matcher.group(1));
    Duration duration =
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(count);
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          default -> Duration.ofDays(count);
        };
    return duration.compareTo(LONGEST) > 0 ? Optional.empty() : Optional.of(duration);
  }

  private static Optional<Long> parseBytes(String text) {
    Matcher matcher = BYTES.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(matcher.group(1));
    int shift =
        switch (Objects.requireNonNullElse(matcher.group(2), "B")) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          default -> 0;
        };
    return count > Long.MAX_VALUE >> shift ? Optional.empty() : Optional.of(count << shift);
  }

  private static Optional<Integer> parseNumber(String text, int lowest, int highest) {
    if (!text.matches("\\d{1,10}")) {
      return Optional.empty();
    }
    long number = Long.parseLong(text);
    return number < lowest || number > highest ? Optional.empty() : Optional.of((int) number);
  }

  private static Optional<Boolean> parseFlag(String text) {
    return switch (text) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }
}
