package io.heliograph.stream;

import io.heliograph.event.EventDraft;
import io.heliograph.settings.Settings;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
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
   * Reads {@code heliograph.streams} and what is set for each. What does not fit becomes a problem
   * of {@code settings}, which {@link Settings#check()} reports.
   */
  public static StreamPolicies read(Settings settings) {
    Map<String, StreamPolicy> policies = new LinkedHashMap<>();
    policies.put(GENERAL_PURPOSE, new PolicyReader(settings, GENERAL_PURPOSE).read());
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
        policies.put(name, new PolicyReader(settings, name).read());
      }
    }
    refuseUndeclared(settings, policies);
    return new StreamPolicies(policies);
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

  /** Every declared stream: {@code events} first, the others as they were listed. */
  public Collection<StreamPolicy> all() {
    return policies.values();
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
        settings.refuse(
            key, "stream '" + stream + "' is not declared; declare it in heliograph.streams");
      }
    }
  }
}
