package io.heliograph.container;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.Timeout;
import jakarta.ejb.Timer;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.inject.Inject;

/**
 * Drives the {@link Ticker} with a timer of the EJB container.
 *
 * <p>Not persistent: a tick missed while the server was down is worth nothing. A singleton's calls
 * are serialized by the container, so ticks do not overlap; a late one delays the next.
 */
@Singleton
@Startup
public class EjbTimers {
  @Resource private TimerService timerService;
  @Inject private Ticker ticker;

  @SuppressWarnings("NullAway.Init")
  public EjbTimers() {}

  @PostConstruct
  void start() {
    long millis = ticker.every().toMillis();
    timerService.createIntervalTimer(
        millis, millis, new TimerConfig("heliograph ticks", /* persistent= */ false));
  }

  @Timeout
  void tick(Timer timer) {
    ticker.tick();
  }

  @PreDestroy
  void stop() {
    timerService.getTimers().forEach(Timer::cancel);
  }
}
