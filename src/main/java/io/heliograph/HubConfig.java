package io.heliograph;

import io.heliograph.log.LogConfig;
import io.heliograph.settings.Settings;
import io.heliograph.stream.StreamConfig;
import io.heliograph.stream.StreamPolicies;
import java.time.Duration;

/**
 * Everything that an operator can set, read and checked as a whole before anything is opened.
 *
 * @param tickEvery how often the container's timer drives what is periodic
 */
record HubConfig(StreamPolicies policies, StreamConfig streams, LogConfig log, Duration tickEvery) {

  /**
   * @throws io.heliograph.settings.InvalidSettingsException with everything that is wrong in them
   */
  static HubConfig read(Settings settings) {
    HubConfig config =
        new HubConfig(
            StreamPolicies.read(settings),
            StreamConfig.read(settings),
            LogConfig.from(settings),
            settings.duration("timer.every", "1s"));
    if (config.tickEvery().isZero()) {
      settings.problem(
          "heliograph.timer.every: 0 was given; without ticks there are no heartbeats");
    }
    settings.check();
    return config;
  }
}
