package io.heliograph.stream;

import io.heliograph.access.Caller;
import io.heliograph.access.ClientAddress;
import io.heliograph.access.Credential;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end: for limits, for the log lines of a connection and for administrators.
 *
 * @param caller who that is
 * @param address where the client is
 * @param agent its {@code User-Agent}, or empty
 * @param session what the client calls its session; null if it names none
 */
public record Peer(Caller caller, ClientAddress address, String agent, @Nullable String session) {
  /** Characters of a user agent that are kept. */
  private static final int AGENT_LIMIT = 200;

  /** Code on this node that registered a sink itself. */
  public static final Peer LOCAL =
      new Peer(
          new Caller("local", Set.of(), null, Credential.NONE),
          new ClientAddress("-", "-"),
          "",
          null);

  public Peer {
    String printable = printable(agent);
    agent = printable.length() <= AGENT_LIMIT ? printable : printable.substring(0, AGENT_LIMIT);
  }

  /** The authenticated name; null for nobody in particular. */
  public @Nullable String user() {
    return caller.name();
  }

  /** Whose user that is; null for nobody's. */
  public @Nullable String tenant() {
    return caller.tenant();
  }

  /** The name for people. */
  String shownName() {
    return printable(caller.shownName());
  }

  /** Headers and claims are others' own text; line breaks in them must not forge a log line. */
  private static String printable(String text) {
    return text.replaceAll("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]", " ");
  }
}
