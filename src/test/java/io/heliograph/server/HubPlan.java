package io.heliograph.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How to start a hub; a value, so that a killed one can be started again in the same way.
 *
 * @param administrator a user who is made at the first start, with the hub's first API key; null
 *     for none
 * @param settings {@code heliograph.*} and other system properties of the server's JVM
 * @param beside other WARs, each by its context root without a slash; one may answer later than the
 *     hub
 * @param flags options of its JVM, such as {@code -Xmx1g}
 * @param listener gets each line that a launcher says to a person; servers without one say nothing
 */
public record HubPlan(
    int port,
    Path data,
    @Nullable String administrator,
    Map<String, String> settings,
    Map<String, Path> beside,
    List<String> flags,
    Consumer<String> listener) {

  /** With nothing beside the hub. */
  public HubPlan(
      int port,
      Path data,
      @Nullable String administrator,
      Map<String, String> settings,
      List<String> flags,
      Consumer<String> listener) {
    this(port, data, administrator, settings, Map.of(), flags, listener);
  }
}
