package io.heliograph.stream;

import io.heliograph.event.EventDraft;
import io.heliograph.settings.Settings;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The declared streams and their policies. Immutable: streams change with a redeployment. */
public final class StreamPolicies {
  /** The stream that needs no declaration. */
  public static final String GENERAL_PURPOSE = "events";

  static final String KEY_PREFIX = "stream.";

  private final Map<String, StreamPolicy> policies;

  private StreamPolicies(Map<String, StreamPolicy> policies) {
    this.policies = Collections.unmodifiableMap(policies);
  }

  /**
   * Reads {@code heliograph.streams}, {@code heliograph.systems} and what is set for each. What
   * does not fit becomes a problem of {@code settings}, which {@link Settings#check()} reports.
   */
  public static StreamPolicies read(Settings settings) {
    Map<String, StreamPolicy> policies = new LinkedHashMap<>();
    policies.put(GENERAL_PURPOSE, policy(settings, GENERAL_PURPOSE, Preset.NONE));
    readStreams(settings, policies);
    readSystems(settings, policies);
    refuseUndeclared(settings, policies);
    return new StreamPolicies(policies);
  }

  private static void readStreams(Settings settings, Map<String, StreamPolicy> policies) {
    boolean wasGeneralListed = false;
    for (String name : settings.list("streams", "")) {
      if (!EventDraft.isStreamName(name)) {
        settings.problem(
            "heliograph.streams: '"
                + name
                + "' is no stream's name; it takes 1 to 64 lower-case letters, digits, '-' or '_'");
      } else if (policies.containsKey(name)
          && (wasGeneralListed || !name.equals(GENERAL_PURPOSE))) {
        settings.problem("heliograph.streams: '" + name + "' is declared twice");
      } else if (name.equals(GENERAL_PURPOSE)) {
        wasGeneralListed = true;
      } else {
        policies.put(name, policy(settings, name, Preset.NONE));
      }
    }
  }

  private static void readSystems(Settings settings, Map<String, StreamPolicy> policies) {
    for (String name : settings.list("systems", "")) {
      Preset preset = Preset.ofSystem(name).orElse(null);
      StreamPolicy known = policies.get(name);
      if (preset == null) {
        settings.problem(
            "heliograph.systems: there is no system '" + name + "'; take some of " + Preset.NAMES);
      } else if (known == null) {
        policies.put(name, policy(settings, name, preset));
      } else if (known.preset() == preset) {
        settings.problem("heliograph.systems: '" + name + "' is declared twice");
      } else {
        settings.problem(
            "heliograph.systems: '"
                + name
                + "' stands in heliograph.streams too; a system declares its stream itself, take it"
                + " out there");
      }
    }
  }

  private static StreamPolicy policy(Settings settings, String name, Preset preset) {
    return new PolicyReader(settings, name, preset).read();
  }

  /** The policy of the stream {@code name}, or empty if nobody declared it. */
  public Optional<StreamPolicy> find(String name) {
    return Optional.ofNullable(policies.get(name));
  }

  /**
   * The policy of the stream {@code name}.
   *
   * @throws UnknownStreamException if nobody declared it
   */
  public StreamPolicy require(String name) {
    return find(name).orElseThrow(() -> new UnknownStreamException(name));
  }

  /**
   * Every declared stream: {@code events} first, the others as they were listed, those of systems
   * last.
   */
  public Collection<StreamPolicy> all() {
    return policies.values();
  }

  /** The streams that anybody may read without a credential; an operator should know them. */
  public List<String> publicNames() {
    return policies.values().stream()
        .filter(StreamPolicy::isPublic)
        .map(StreamPolicy::name)
        .toList();
  }

  /** The key under which an operator sets {@code suffix} for {@code stream}. */
  public static String fullKey(String stream, String suffix) {
    return Settings.PREFIX + KEY_PREFIX + stream + "." + suffix;
  }

  private static void refuseUndeclared(Settings settings, Map<String, StreamPolicy> policies) {
    for (String key : settings.presentKeys(KEY_PREFIX)) {
      int end = key.indexOf('.', KEY_PREFIX.length());
      String stream = end < 0 ? "" : key.substring(KEY_PREFIX.length(), end);
      if (EventDraft.isStreamName(stream) && !policies.containsKey(stream)) {
        String where =
            Preset.ofSystem(stream).isPresent() ? "heliograph.systems" : "heliograph.streams";
        settings.refuse(key, "stream '" + stream + "' is not declared; declare it in " + where);
      }
    }
  }
}
