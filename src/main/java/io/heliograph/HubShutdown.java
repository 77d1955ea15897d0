package io.heliograph;

import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;

/**
 * Stops the hub when its application is undeployed or the server stops: of all callbacks this one
 * comes first on every server, while connections can still be written; though through the servlet's
 * response only, for the JAX-RS runtime has ended on some.
 */
@WebListener
public class HubShutdown implements ServletContextListener {
  // Not the constructor's: Tomcat makes listeners itself.
  @Inject private HubProducer hub;

  @SuppressWarnings("NullAway.Init")
  public HubShutdown() {}

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    hub.stop();
  }
}
