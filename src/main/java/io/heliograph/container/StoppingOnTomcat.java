package io.heliograph.container;

import jakarta.inject.Inject;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ListenerNotFoundException;
import javax.management.MBeanServer;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * Stops the hub when Tomcat begins to undeploy it, or to stop: in the WAR for Tomcat, and in no
 * other.
 *
 * <p>Before {@code contextDestroyed} Tomcat waits two seconds for asynchronous requests, ends the
 * JAX-RS runtime, and times out what it finds open in its look each second: some clients would lose
 * their connection without a farewell. Before all that the application sends word (a notification
 * of JSR 77).
 */
@WebListener
public class StoppingOnTomcat implements ServletContextListener, NotificationListener {
  private static final System.Logger LOG = System.getLogger(StoppingOnTomcat.class.getName());

  // Not the constructor's: Tomcat makes listeners itself.
  @Inject private Stoppable hub;

  private @Nullable NotificationEmitter application;

  @SuppressWarnings("NullAway.Init")
  public StoppingOnTomcat() {}

  @Override
  public void contextInitialized(ServletContextEvent event) {
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    try {
      for (ObjectName name : beans.queryNames(pattern(event.getServletContext()), null)) {
        // The bean itself passes nothing on.
        if (beans.getAttribute(name, "managedResource") instanceof NotificationEmitter emitter) {
          emitter.addNotificationListener(this, null, null);
          application = emitter;
        }
      }
    } catch (JMException e) {
      LOG.log(Level.DEBUG, "no early word of the application's end", e);
    }
  }

  /** As Tomcat names an application; its server's name is the engine's and the host's. */
  private static ObjectName pattern(ServletContext context) throws JMException {
    String server = context.getVirtualServerName();
    String host = server.substring(server.indexOf('/') + 1);
    String path = context.getContextPath();
    return new ObjectName(
        "*:j2eeType=WebModule,name=//" + host + (path.isEmpty() ? "/" : path) + ",*");
  }

  @Override
  public void handleNotification(Notification notification, @Nullable Object handback) {
    if (notification.getType().equals("j2ee.state.stopping")) {
      hub.stop();
    }
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    if (application != null) {
      try {
        application.removeNotificationListener(this);
      } catch (ListenerNotFoundException e) {
        LOG.log(Level.DEBUG, "not listened to", e);
      }
    }
  }
}
