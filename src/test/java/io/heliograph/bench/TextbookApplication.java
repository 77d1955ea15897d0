package io.heliograph.bench;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** The textbook's WAR: one resource. */
@ApplicationPath("/")
public class TextbookApplication extends Application {
  /** The one way to an only instance that every JAX-RS takes, CDI or not. */
  @Override
  @SuppressWarnings("deprecation")
  public Set<Object> getSingletons() {
    return Set.of(new TextbookResource());
  }
}
