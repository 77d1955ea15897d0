package io.heliograph.container;

import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Drives the {@link Ticker} where there is no EJB container: in the WAR for Tomcat, and in no
 * other. Ticks do not overlap; a late one delays the next.
 */
@WebListener
public class ServletTimers implements ServletContextListener {
  @Inject private Ticker ticker;
  private @Nullable ScheduledExecutorService timer;

  @SuppressWarnings("NullAway.Init")
  public ServletTimers() {}

  @Override
  public void contextInitialized(ServletContextEvent event) {
    long millis = ticker.every().toMillis();
    timer = Executors.newSingleThreadScheduledExecutor(HubExecutors.threads("tick"));
    // Ends with the executor only: a tick lets nothing out.
    var unused = timer.scheduleWithFixedDelay(ticker::tick, millis, millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    if (timer != null) {
      timer.shutdownNow();
    }
  }
}
