package io.heliograph;

import io.heliograph.access.ApiKeys;
import io.heliograph.access.ClientAddresses;
import io.heliograph.access.CredentialWatch;
import io.heliograph.access.LoginThrottle;
import io.heliograph.access.Sessions;
import io.heliograph.access.Tenants;
import io.heliograph.access.Tickets;
import io.heliograph.access.Tokens;
import io.heliograph.admin.Liveness;
import io.heliograph.admin.MetricsAccess;
import io.heliograph.admin.Readiness;
import io.heliograph.body.BodyReader;
import io.heliograph.container.RecordMethods;
import io.heliograph.container.Stoppable;
import io.heliograph.container.Ticker;
import io.heliograph.history.Answers;
import io.heliograph.history.History;
import io.heliograph.log.LogFollower;
import io.heliograph.metrics.HubMetrics;
import io.heliograph.publish.Publisher;
import io.heliograph.settings.Settings;
import io.heliograph.stream.StreamPolicies;
import io.heliograph.stream.StreamRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.jspecify.annotations.Nullable;

/**
 * The hub as CDI beans: makes it when it is first needed, which is when the container's timer
 * starts, and hands its parts to whoever injects them.
 */
@ApplicationScoped
public class HubProducer implements Stoppable {
  private final @Nullable Hub hub;

  /** What CDI's proxy is made with. */
  protected HubProducer() {
    hub = null;
  }

  @Inject
  public HubProducer(Instance<MetricRegistry> registry) {
    Config config = ConfigProvider.getConfig();
    List<String> names = new ArrayList<>();
    config.getPropertyNames().forEach(names::add);
    Settings settings = new Settings(name -> config.getOptionalValue(name, String.class), names);
    hub = started(settings, new HubMetrics(registry.isResolvable() ? registry.get() : null));
  }

  /** A hub that does not start leaves nothing in the server's registry. */
  private static Hub started(Settings settings, HubMetrics metrics) {
    try {
      return new Hub(settings, metrics);
    } catch (RuntimeException | Error e) {
      metrics.close();
      throw e;
    }
  }

  @Produces
  Ticker ticker() {
    return hub().ticker();
  }

  @Produces
  StreamRegistry registry() {
    return hub().registry();
  }

  @Produces
  StreamPolicies policies() {
    return hub().policies();
  }

  @Produces
  HubMetrics metrics() {
    return hub().metrics();
  }

  @Produces
  MetricsAccess metricsAccess() {
    return hub().metricsAccess();
  }

  @Produces
  Liveness liveness() {
    return hub().liveness();
  }

  @Produces
  Readiness readiness() {
    return hub().readiness();
  }

  @Produces
  History history() {
    return hub().history();
  }

  @Produces
  Answers answers() {
    return hub().answers();
  }

  @Produces
  LogFollower follower() {
    return hub().follower();
  }

  @Produces
  Publisher publisher() {
    return hub().publisher();
  }

  @Produces
  ClientAddresses addresses() {
    return hub().addresses();
  }

  @Produces
  ApiKeys keys() {
    return hub().access().keys();
  }

  @Produces
  Tokens tokens() {
    return hub().access().tokens();
  }

  @Produces
  Tickets tickets() {
    return hub().access().tickets();
  }

  @Produces
  Sessions sessions() {
    return hub().access().sessions();
  }

  @Produces
  Tenants tenants() {
    return hub().access().tenants();
  }

  @Produces
  CredentialWatch watch() {
    return hub().access().watch();
  }

  @Produces
  LoginThrottle throttle() {
    return hub().access().throttle();
  }

  @Produces
  BodyReader bodies() {
    return hub().bodies();
  }

  CorsPolicy cors() {
    return hub().cors();
  }

  @Override
  @PreDestroy
  public void stop() {
    hub().close();
    RecordMethods.release();
  }

  private Hub hub() {
    if (hub == null) {
      throw new IllegalStateException("CDI called the proxy instead of the bean");
    }
    return hub;
  }
}
