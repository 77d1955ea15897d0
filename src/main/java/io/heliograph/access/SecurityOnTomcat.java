package io.heliograph.access;

import jakarta.security.auth.message.config.AuthConfigFactory;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import org.glassfish.soteria.mechanisms.jaspic.HttpBridgeServerAuthModule;
import org.jspecify.annotations.Nullable;

/**
 * Has Tomcat ask {@link HubAuthentication} who is there: in the WAR for Tomcat, and in no other.
 *
 * <p>Soteria, which is Jakarta Security there, would do so itself if CDI were up when it looks for
 * mechanisms; it looks too early, finds none, and says nothing. Everybody would be anonymous.
 */
@WebListener
public class SecurityOnTomcat implements ServletContextListener {
  private @Nullable String registration;

  @Override
  public void contextInitialized(ServletContextEvent event) {
    registration =
        AuthConfigFactory.getFactory()
            .registerServerAuthModule(
                new HttpBridgeServerAuthModule(null), event.getServletContext());
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    if (registration != null) {
      AuthConfigFactory.getFactory().removeRegistration(registration);
    }
  }
}
