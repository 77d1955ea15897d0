package io.heliograph.deployed;

import io.heliograph.server.TestServer;
import java.io.IOException;
import org.jboss.arquillian.core.api.annotation.Observes;
import org.jboss.arquillian.core.spi.LoadableExtension;
import org.jboss.arquillian.test.spi.event.suite.BeforeSuite;

/**
 * Makes the server's directory before Arquillian looks for it. Arquillian finds this by its file of
 * services.
 */
public final class SharedServer implements LoadableExtension {
  @Override
  public void register(ExtensionBuilder builder) {
    builder.observer(Preparation.class);
  }

  /** Arquillian starts its containers on the same event, without a precedence. */
  static final class Preparation {
    @SuppressWarnings("unused")
    public void prepare(@Observes(precedence = 100) BeforeSuite event) throws IOException {
      TestServer.ofThisBuild().prepareShared();
    }
  }
}
