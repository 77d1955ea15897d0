package io.heliograph.stream;

import io.heliograph.event.EventDraft;
import io.heliograph.event.InvalidEventException;
import io.heliograph.settings.Settings;
import io.heliograph.stream.Limits.Excess;
import io.heliograph.stream.Limits.Rate;
import io.heliograph.stream.StreamPolicy.Access;
import io.heliograph.stream.StreamPolicy.Envelope;
import io.heliograph.stream.StreamPolicy.HeartbeatForm;
import io.heliograph.stream.StreamPolicy.Isolation;
import io.heliograph.stream.StreamPolicy.Overflow;
import io.heliograph.stream.StreamPolicy.ReplayLost;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one stream's policy; what does not fit becomes a problem of the settings. */
final class PolicyReader {
  /** Finer than this costs more than it tells: the wheel that drives it turns about so often. */
  private static final Duration SHORTEST_TIMER = Duration.ofSeconds(1);

  /** A client that comes back sooner than this hammers a node that is in trouble. */
  private static final Duration SHORTEST_RETRY = Duration.ofMillis(100);

  /** A client that waits longer than this looks dead to its user. */
  private static final Duration LONGEST_RETRY = Duration.ofDays(1);

  /** The least that a ring takes: a few frames of ordinary size. */
  private static final long SMALLEST_BUFFER_BYTES = 4 * 1024;

  /** More than this is a mistake in the unit: there is a ring for each live view. */
  private static final long LARGEST_BUFFER_BYTES = 1L << 30;

  /** Names a client already understands as something else. */
  private static final Set<String> NOT_A_FAREWELL = Set.of("hello", "gap", "error", "heartbeat");

  private static final Pattern RATE = Pattern.compile("([1-9][0-9]{0,3})/(.+)");

  private final Settings settings;
  private final String name;
  private final Preset preset;

  /**
   * @param preset whose values stand where nothing is set
   */
  PolicyReader(Settings settings, String name, Preset preset) {
    this.settings = settings;
    this.name = name;
    this.preset = preset;
  }

  StreamPolicy read() {
    preset.defaults().forEach((suffix, text) -> settings.presume(key(suffix), text));
    preset.variables().forEach(this::presume);
    Access access = settings.choice(key("access"), Access.AUTHENTICATED, Access.class);
    return new StreamPolicy(
        name,
        preset,
        access,
        isolation(access),
        settings.choice(key("envelope"), Envelope.PAYLOAD, Envelope.class),
        settings.flag(key("event-names"), true),
        settings.flag(key("hello"), false),
        timer("heartbeat.every", "15s"),
        settings.choice(key("heartbeat.as"), HeartbeatForm.COMMENT, HeartbeatForm.class),
        line("heartbeat.text", "heartbeat", EventDraft.LABEL_LIMIT),
        timer("idle-timeout", "0"),
        timer("max-lifetime", "0"),
        timer("write-timeout", "60s"),
        settings.number(key("buffer.events"), 1000, 1, 1_000_000),
        settings.bytes(key("buffer.bytes"), "1MiB", SMALLEST_BUFFER_BYTES, LARGEST_BUFFER_BYTES),
        settings.choice(key("overflow"), Overflow.RESUME, Overflow.class),
        settings.duration(key("history.age"), "24h"),
        settings.number(key("history.events"), 100_000, 0, Integer.MAX_VALUE),
        settings.number(key("replay.limit"), 10_000, 1, Integer.MAX_VALUE),
        settings.choice(key("replay.lost"), ReplayLost.OLDEST, ReplayLost.class),
        retry(),
        farewell(),
        limits());
  }

  private void presume(Preset.Variable variable) {
    String text = settings.foreign(variable.name()).orElse(null);
    if (text == null) {
      return;
    }
    if (variable.fits(text)) {
      settings.presume(key(variable.suffix()), text + variable.unit());
    } else {
      settings.problem(
          variable.name() + ": '" + text + "' was given, it takes " + variable.expected());
    }
  }

  private Set<Isolation> isolation(Access access) {
    List<String> words = settings.list(key("isolation"), "none");
    Set<Isolation> isolation = EnumSet.noneOf(Isolation.class);
    boolean fits = !words.isEmpty();
    for (String word : words) {
      fits &=
          switch (word) {
            case "none" -> words.size() == 1;
            case "tenant" -> isolation.add(Isolation.TENANT);
            case "owner" -> isolation.add(Isolation.OWNER);
            default -> false;
          };
    }
    if (!fits) {
      problem(
          "isolation",
          "'" + String.join(",", words) + "' was given, it takes none, tenant, owner or both");
    } else if (!isolation.isEmpty() && access == Access.PUBLIC) {
      problem(
          "isolation",
          "a public stream shows everybody everything; take none, or access=authenticated");
    }
    return isolation;
  }

  private Limits limits() {
    int perSession = settings.number(key("limit.per-session"), 0, 0, Integer.MAX_VALUE);
    Excess excess = settings.choice(key("session.excess"), Excess.REJECT, Excess.class);
    if (excess == Excess.REPLACE && perSession == 0) {
      problem("session.excess", "replace needs a limit.per-session that can be exceeded");
    }
    return new Limits(
        settings.number(key("limit.connections"), 10_000, 0, Integer.MAX_VALUE),
        settings.number(key("limit.per-address"), 100, 0, Integer.MAX_VALUE),
        settings.number(key("limit.per-user"), 50, 0, Integer.MAX_VALUE),
        perSession,
        settings.number(key("limit.per-tenant"), 0, 0, Integer.MAX_VALUE),
        excess,
        rate());
  }

  private @Nullable Rate rate() {
    String text = settings.text(key("rate.per-address"), "0");
    if (text.equals("0")) {
      return null;
    }
    Matcher matcher = RATE.matcher(text);
    Duration per =
        matcher.matches()
            ? Settings.parseDuration(matcher.group(2)).orElse(Duration.ZERO)
            : Duration.ZERO;
    if (per.isZero()) {
      problem(
          "rate.per-address",
          "'" + text + "' was given, it takes a rate such as 10/1m, at most 9999");
      return null;
    }
    return new Rate(Integer.parseInt(matcher.group(1)), per);
  }

  private String key(String suffix) {
    return StreamPolicies.KEY_PREFIX + name + "." + suffix;
  }

  /** A duration that is none at all or long enough for the timers to honour it. */
  private Duration timer(String suffix, String defaultText) {
    Duration value = settings.duration(key(suffix), defaultText);
    if (!value.isZero() && value.compareTo(SHORTEST_TIMER) < 0) {
      problem(suffix, "less than 1s cannot be kept; take 1s or more, or 0 for none");
    }
    return value;
  }

  private Duration retry() {
    Duration value = settings.duration(key("retry"), "3s");
    if (value.compareTo(SHORTEST_RETRY) < 0 || value.compareTo(LONGEST_RETRY) > 0) {
      problem("retry", "clients would come back at once or hardly ever; take 100ms to 1d");
    }
    return value;
  }

  private String farewell() {
    String value = line("farewell", "server_shutdown", EventDraft.NAME_LIMIT);
    if (NOT_A_FAREWELL.contains(value)) {
      problem("farewell", "'" + value + "' already means something else to clients");
    }
    return value;
  }

  /** Text that cannot end its line on the wire. */
  private String line(String suffix, String defaultText, int limit) {
    String value = settings.text(key(suffix), defaultText);
    try {
      EventDraft.requireText(suffix, value, limit);
    } catch (InvalidEventException e) {
      settings.problem(StreamPolicies.fullKey(name, "") + e.getMessage());
    }
    return value;
  }

  private void problem(String suffix, String what) {
    settings.problem(StreamPolicies.fullKey(name, suffix) + ": " + what);
  }
}
