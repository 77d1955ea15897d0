package io.heliograph.embedded;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What {@code mvn -Prun} says once the hub answers. */
record Introduction(Listening listening, Path data, Path log) {
  /** Where no key was made now, as the shell has it. */
  private static final String KEY_VARIABLE = "$KEY";

  /** With the secrets that {@code handover} has. */
  String text(Handover handover) {
    URI hub = listening.url();
    URI stream = hub.resolve("api/v2/streams/events");
    @Nullable String made = handover.key();
    String key = made == null ? KEY_VARIABLE : made;
    return """

        Heliograph listens on %s%s
        Its live page is %s
        Events are kept in %s, the server's log is %s

        %s
        Read the stream 'events'%s:
          curl -N -H "Authorization: Bearer %s" -H 'Accept: text/event-stream' %s
        Publish to it, from another terminal:
          curl -H "Authorization: Bearer %s" -H 'Content-Type: application/json' -d '{"type":"greeting","data":{"text":"hello"}}' %s/events

        Ctrl-C stops it.
        """
        .formatted(
            hub,
            reach(),
            hub,
            data,
            log,
            people(handover),
            made == null ? ", with KEY=hk_..., an API key of yours" : "",
            key,
            stream,
            key,
            stream);
  }

  private String reach() {
    if (listening.isLoopback()) {
      return "";
    }
    String where = listening.isEveryAddress() ? " and on every other address of this machine" : "";
    return where
        + "\nOthers reach it, and passwords and keys come unencrypted: put a proxy with TLS in front.";
  }

  private static String people(Handover handover) {
    @Nullable Administrator made = handover.made();
    if (made == null) {
      return "Administrator: %s, made at an earlier start; lost the password? mvn -Prun -Dheliograph.administrator=%s\n"
          .formatted(
              String.join(", ", handover.administrators()),
              handover.administrators().isEmpty()
                  ? Administrator.DEFAULT_NAME
                  : handover.administrators().get(0));
    }
    String text =
        """
        Made now, and never shown again:
          administrator  %s
          password       %s
        """
            .formatted(made.name(), made.password());
    return handover.key() == null ? text : text + "  API key        " + handover.key() + "\n";
  }
}
