package io.heliograph.stream;

import io.heliograph.log.TrimRule;
import io.heliograph.settings.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * What the operator decided about one stream: {@code heliograph.stream.<name>.*}.
 *
 * @param preset whose defaults it has, and whose own words and door
 * @param access who may read it
 * @param isolation whose events are kept from whom; empty for nobody's
 * @param envelope how an event's data is wrapped on the wire
 * @param hasEventNames whether events and hello carry an {@code event:} line
 * @param saysHello whether a connection begins with a hello event
 * @param heartbeatEvery zero for none
 * @param heartbeatText what a comment heartbeat says
 * @param idleTimeout a connection without events for so long is ended; zero for never
 * @param maxLifetime a connection is ended after about this; zero for never
 * @param writeTimeout a connection that takes nothing for so long is closed; zero for never
 * @param bufferEvents events in a channel's ring at most
 * @param bufferBytes bytes in a channel's ring at most
 * @param overflow what becomes of a subscriber whom the ring has overtaken
 * @param historyAge older events are trimmed; zero keeps them however old
 * @param historyEvents of more events than this the oldest are trimmed; zero keeps them all
 * @param replayLimit events given to one that comes back, at most
 * @param replayLost where one starts whose position cannot be honoured
 * @param retry how long a client waits before it comes back
 * @param farewell the name of the event that ends a connection when the node stops
 * @param limits how many connections there may be
 */
public record StreamPolicy(
    String name,
    Preset preset,
    Access access,
    Set<Isolation> isolation,
    Envelope envelope,
    boolean hasEventNames,
    boolean saysHello,
    Duration heartbeatEvery,
    HeartbeatForm heartbeatForm,
    String heartbeatText,
    Duration idleTimeout,
    Duration maxLifetime,
    Duration writeTimeout,
    int bufferEvents,
    long bufferBytes,
    Overflow overflow,
    Duration historyAge,
    int historyEvents,
    int replayLimit,
    ReplayLost replayLost,
    Duration retry,
    String farewell,
    Limits limits) {

  /** Who may read a stream. */
  public enum Access {
    /** Anybody, without a credential too. */
    PUBLIC,
    /** Callers with a role to read. */
    AUTHENTICATED
  }

  /** Whose events are kept from whom. */
  public enum Isolation {
    /** One tenant's from another's. */
    TENANT,
    /** One owner's from another's. */
    OWNER
  }

  /** How an event's data is wrapped on the wire. */
  public enum Envelope {
    /** Not at all. */
    PAYLOAD,
    /** {@code {"schema_version":1,"correlation_id":...,"payload":...}}. */
    VERSIONED,
    /** {@code {"type":...,"data":...,"tenant_id":...}}. */
    TYPED
  }

  /** What a heartbeat looks like. */
  public enum HeartbeatForm {
    COMMENT,
    EVENT
  }

  /** What becomes of a subscriber whom the ring has overtaken. */
  public enum Overflow {
    /** It goes on from the log and loses nothing. */
    RESUME,
    /** It goes on at the ring's tail and is told how many events it missed. */
    DROP_OLDEST,
    /** It is closed, and comes back with its position. */
    DISCONNECT
  }

  /** Where one starts whose position cannot be honoured. */
  public enum ReplayLost {
    /** At the oldest event that can be had. */
    OLDEST,
    /** At the next event to come. */
    FRESH
  }

  public StreamPolicy {
    isolation = Set.copyOf(isolation);
  }

  boolean isPublic() {
    return access == Access.PUBLIC;
  }

  boolean isolatesBy(Isolation what) {
    return isolation.contains(what);
  }

  /** The stream {@code name} with every default. */
  public static StreamPolicy defaults(String name) {
    return new PolicyReader(Settings.of(Map.of()), name, Preset.NONE).read();
  }

  /** What this stream keeps in the log. */
  public TrimRule trimRule() {
    return new TrimRule(name, historyAge, historyEvents);
  }
}
