package io.heliograph.stream;

/**
 * Who is at the other end, for the log lines of a connection and for administrators.
 *
 * @param caller the authenticated name, or {@code anonymous}
 * @param address the client's address
 * @param agent its {@code User-Agent}, or empty
 */
public record Peer(String caller, String address, String agent) {
  /** Characters of a user agent that are kept. */
  private static final int AGENT_LIMIT = 200;

  /** Code on this node that registered a sink itself. */
  public static final Peer LOCAL = new Peer("local", "-", "");

  public Peer {
    // A header is the client's own text; line breaks in it must not forge a log line.
    String printable = agent.replaceAll("\\p{Cntrl}", " ");
    agent = printable.length() <= AGENT_LIMIT ? printable : printable.substring(0, AGENT_LIMIT);
  }
}
