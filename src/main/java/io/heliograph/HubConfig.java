package io.heliograph;

import io.heliograph.access.ClientAddresses;
import io.heliograph.access.Tokens;
import io.heliograph.admin.MetricsAccess;
import io.heliograph.log.LogConfig;
import io.heliograph.settings.Settings;
import io.heliograph.stream.StreamConfig;
import io.heliograph.stream.StreamPolicies;
import io.heliograph.stream.StreamPolicy;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything that an operator can set, read and checked as a whole before anything is opened.
 *
 * @param sessionTimeout how long a login outlives its last request
 * @param sessionMax how long a login lives, whatever is requested
 * @param metricsAccess who may read what the hub counts
 * @param tickEvery how often the container's timer drives what is periodic
 */
record HubConfig(
    StreamPolicies policies,
    StreamConfig streams,
    LogConfig log,
    ClientAddresses addresses,
    Tokens tokens,
    Duration sessionTimeout,
    Duration sessionMax,
    CorsPolicy cors,
    MetricsAccess metricsAccess,
    Duration tickEvery) {
  /** What is over before the next page is loaded lets nobody in. */
  private static final Duration SHORTEST_SESSION = Duration.ofSeconds(1);

  /**
   * @throws io.heliograph.settings.InvalidSettingsException with everything that is wrong in them
   */
  static HubConfig read(Settings settings) {
    HubConfig config =
        new HubConfig(
            StreamPolicies.read(settings),
            StreamConfig.read(settings),
            LogConfig.from(settings),
            ClientAddresses.read(settings),
            Tokens.read(settings),
            settings.duration("session.timeout", "8h"),
            settings.duration("session.max", "24h"),
            CorsPolicy.read(settings),
            settings.choice("metrics.access", MetricsAccess.AUTHENTICATED, MetricsAccess.class),
            settings.duration("timer.every", "1s"));
    if (config.tickEvery().isZero()) {
      settings.problem(
          "heliograph.timer.every: 0 was given; without ticks there are no heartbeats");
    }
    if (config.sessionTimeout().compareTo(SHORTEST_SESSION) < 0) {
      settings.problem(
          "heliograph.session.timeout: "
              + config.sessionTimeout().toMillis()
              + " ms was given, it takes 1s or longer");
    }
    if (config.sessionMax().compareTo(config.sessionTimeout()) < 0) {
      settings.problem(
          "heliograph.session.max: "
              + config.sessionMax().toMillis()
              + " ms is shorter than heliograph.session.timeout, "
              + config.sessionTimeout().toMillis()
              + " ms, which no session would reach; raise the one or lower the other");
    }
    for (StreamPolicy policy : config.policies().all()) {
      requireConsistent(policy, config, settings);
    }
    settings.check();
    return config;
  }

  /** What each fits by itself and not together would be corrected in silence otherwise. */
  private static void requireConsistent(StreamPolicy policy, HubConfig config, Settings settings) {
    Map<String, Duration> timers =
        Map.of(
            "heartbeat.every", policy.heartbeatEvery(),
            "idle-timeout", policy.idleTimeout(),
            "max-lifetime", policy.maxLifetime(),
            "write-timeout", policy.writeTimeout());
    new TreeMap<>(timers)
        .forEach(
            (name, value) -> {
              if (!value.isZero() && value.compareTo(config.tickEvery()) < 0) {
                settings.problem(
                    StreamPolicies.fullKey(policy.name(), name)
                        + (": " + value.toMillis() + " ms is shorter than heliograph.timer.every, ")
                        + (config.tickEvery().toMillis() + " ms, and could not be kept"));
              }
            });
    if (policy.bufferBytes() > config.streams().ringsBytes()) {
      settings.problem(
          StreamPolicies.fullKey(policy.name(), "buffer.bytes")
              + (": " + policy.bufferBytes() + " bytes for one ring are more than ")
              + ("heliograph.rings.bytes, " + config.streams().ringsBytes() + ", for all"));
    }
  }
}
