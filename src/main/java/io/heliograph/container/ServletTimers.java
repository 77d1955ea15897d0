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
  /** A tick does not block for long; what it may have begun was told to end. */
  private static final int STOP_MILLIS = 2_000;

  @Inject private Ticker ticker;
  private @Nullable ScheduledExecutorService timer;
  private @Nullable Thread thread;

  @SuppressWarnings("NullAway.Init")
  public ServletTimers() {}

  @Override
  public void contextInitialized(ServletContextEvent event) {
    long millis = ticker.every().toMillis();
    timer = Executors.newSingleThreadScheduledExecutor(this::thread);
    // Ends with the executor only: a tick lets nothing out.
    var unused = timer.scheduleWithFixedDelay(ticker::tick, millis, millis, TimeUnit.MILLISECONDS);
  }

  private Thread thread(Runnable ticks) {
    Thread made = HubExecutors.threads("tick").newThread(ticks);
    thread = made;
    return made;
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    ScheduledExecutorService started = timer;
    Thread ticking = thread;
    if (started == null || ticking == null) {
      return;
    }
    started.shutdownNow();
    try {
      // Tomcat looks for threads next, and warns of one that is about to end.
      ticking.join(STOP_MILLIS);
      if (ticking.isAlive()) {
        System.getLogger(ServletTimers.class.getName())
            .log(System.Logger.Level.WARNING, "a tick has not ended within {0} ms", STOP_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
