package io.heliograph.stream;

import io.heliograph.access.Caller;
import io.heliograph.access.Credential;
import io.heliograph.event.View;
import io.heliograph.metrics.Ending;
import io.heliograph.metrics.HubMetrics;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The connections open on this node: each is counted and said in one log line when it opens and one
 * when it has closed. Any thread; nothing blocks.
 */
public final class OpenConnections {
  private static final System.Logger LOG = System.getLogger(OpenConnections.class.getName());

  private final HubMetrics metrics;
  private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();

  OpenConnections(HubMetrics metrics) {
    this.metrics = metrics;
  }

  public int size() {
    return subscriptions.size();
  }

  Collection<Subscription> all() {
    return subscriptions.values();
  }

  /** What they were opened with, each once; not those without a credential. */
  public Set<Credential> credentials() {
    Set<Credential> credentials = new HashSet<>();
    for (Subscription subscription : subscriptions.values()) {
      credentials.add(subscription.peer().caller().credential());
    }
    credentials.remove(Credential.NONE);
    return credentials;
  }

  /**
   * Ends every one for whose caller {@code ending} gives a reason, with that as its farewell; null
   * lets it be. One pass, which asks once for each connection; does not wait for any.
   */
  public void endWhere(Function<Caller, @Nullable Ending> ending) {
    for (Subscription subscription : subscriptions.values()) {
      Ending reason = ending.apply(subscription.peer().caller());
      if (reason != null) {
        subscription.end(reason);
      }
    }
  }

  /**
   * @return false if its sink has a connection already; then nothing was done
   */
  boolean add(Subscription subscription) {
    if (subscriptions.putIfAbsent(subscription.id(), subscription) != null) {
      return false;
    }
    metrics.connectionOpened();
    LOG.log(
        System.Logger.Level.INFO,
        "connection {0} opened: {1} at {2} reads {3}",
        subscription.id(),
        subscription.peer().shownName(),
        subscription.peer().address(),
        described(subscription.channel().view()));
    return true;
  }

  void remove(Subscription subscription, Ending reason) {
    subscriptions.remove(subscription.id());
    metrics.connectionClosed(reason);
    LOG.log(
        System.Logger.Level.INFO,
        "connection {0} closed: {1} at {2} read {3}, {4} after {5} s, {6} events sent",
        subscription.id(),
        subscription.peer().shownName(),
        subscription.peer().address(),
        described(subscription.channel().view()),
        reason.word(),
        subscription.lifespan().age().toSeconds(),
        subscription.sentEvents());
  }

  private static String described(View view) {
    return "stream '"
        + view.stream()
        + "'"
        + (view.key() == null ? "" : " key '" + view.key() + "'");
  }
}
