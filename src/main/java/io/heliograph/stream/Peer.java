package io.heliograph.stream;

import io.heliograph.access.ClientAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end: for limits, for the log lines of a connection and for administrators.
 *
 * @param user the authenticated name; null for nobody in particular
 * @param tenant whose user that is; null for nobody's
 * @param address where the client is
 * @param agent its {@code User-Agent}, or empty
 * @param session what the client calls its session; null if it names none
 */
public record Peer(
    @Nullable String user,
    @Nullable String tenant,
    ClientAddress address,
    String agent,
    @Nullable String session) {
  /** Characters of a user agent that are kept. */
  private static final int AGENT_LIMIT = 200;

  /** Code on this node that registered a sink itself. */
  public static final Peer LOCAL = new Peer("local", null, new ClientAddress("-", "-"), "", null);

  public Peer {
    // A header is the client's own text; line breaks in it must not forge a log line.
    String printable = agent.replaceAll("\\p{Cntrl}", " ");
    agent = printable.length() <= AGENT_LIMIT ? printable : printable.substring(0, AGENT_LIMIT);
  }

  /** The name for people: {@code anonymous} for nobody in particular. */
  String caller() {
    return user == null ? "anonymous" : user;
  }
}
