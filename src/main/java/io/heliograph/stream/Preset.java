package io.heliograph.stream;

import io.heliograph.stream.RefusedConnectionException.Limit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A system's own defaults for its stream, and what else of the stream is the system's: the words of
 * its refusals and the door through which it is published to.
 *
 * <p>A table of texts, read like any other setting, so that each can be overridden under its key.
 * What a table does not say has the default of every stream; what it says although that is the
 * default is there because the system was promised it.
 */
public enum Preset {
  /** A stream of the operator's own. */
  NONE("", ""),

  DASHBOARD(
      "POST /api/v2/items",
      """
      access=public
      heartbeat.every=15s
      heartbeat.as=event
      replay.lost=fresh
      """),

  // What counts is the tenant: its people share an office's address, its programs one credential.
  MONITORS(
      "POST /internal/broadcast",
      """
      access=authenticated
      isolation=tenant
      envelope=typed
      heartbeat.every=30s
      buffer.events=10
      overflow=drop-oldest
      limit.per-address=0
      limit.per-user=0
      limit.per-tenant=200
      """),

  // The session is the request id.
  TASKS(
      "POST /api/v2/tasks or POST /internal/send",
      """
      access=public
      limit.per-session=1
      session.excess=replace
      """),

  JOBS(
      "POST /api/jobs/{id}",
      """
      access=public
      hello=true
      event-names=false
      heartbeat.every=25s
      heartbeat.as=comment
      heartbeat.text=ping
      idle-timeout=5m
      limit.per-address=2
      limit.per-session=1
      session.excess=reject
      farewell=bye
      """),

  // All readers may share one key: the limits that count are the address's and the stream's.
  OBSERVABILITY(
      "POST /api/observability/events",
      """
      access=authenticated
      isolation=owner
      envelope=versioned
      heartbeat.as=comment
      heartbeat.text=heartbeat
      limit.connections=100
      limit.per-address=5
      limit.per-user=0
      rate.per-address=10/1m
      buffer.events=1000
      overflow=drop-oldest
      replay.lost=fresh
      """);

  /** The systems' names, for people. */
  static final String NAMES =
      Arrays.stream(values())
          .filter(preset -> preset != NONE)
          .map(Preset::word)
          .collect(Collectors.joining(", "));

  /**
   * A variable of the environment that sets a key of the system's stream, if nothing else does.
   *
   * @param suffix the key
   * @param unit what its number is followed by there
   * @param lowest the least it can be, but for 0, which is none
   */
  record Variable(String name, String suffix, String unit, int lowest) {
    /** Nine digits hold every number that makes sense of it. */
    boolean fits(String text) {
      return text.matches("[0-9]{1,9}")
          && (Integer.parseInt(text) == 0 || Integer.parseInt(text) >= lowest);
    }

    String expected() {
      return "a whole number, 0 for none or " + lowest + " to 999999999";
    }
  }

  private final String door;
  private final String table;

  Preset(String door, String table) {
    this.door = door;
    this.table = table;
  }

  /** The preset of the system {@code name}, whose stream is called the same. */
  static Optional<Preset> ofSystem(String name) {
    return Arrays.stream(values())
        .filter(preset -> preset != NONE && preset.word().equals(name))
        .findFirst();
  }

  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Text by a key's suffix. */
  Map<String, String> defaults() {
    return table
        .lines()
        .map(line -> line.split("=", 2))
        .collect(Collectors.toUnmodifiableMap(pair -> pair[0], pair -> pair[1]));
  }

  List<Variable> variables() {
    return this == JOBS
        ? List.of(
            new Variable("SSE_IDLE_TIMEOUT_MS", "idle-timeout", "ms", 1000),
            new Variable("SSE_MAX_CONN_PER_IP", "limit.per-address", "", 1))
        : List.of();
  }

  /** What the system's clients were promised to read when {@code limit} is reached; or null. */
  @Nullable String sentence(Limit limit) {
    if (this != JOBS) {
      return null;
    }
    return switch (limit) {
      case ADDRESS -> "Too many SSE connections from this IP";
      case SESSION -> "Too many SSE connections for this session";
      default -> null;
    };
  }

  /** Through what its events are published; empty for the general door. */
  public String door() {
    return door;
  }
}
