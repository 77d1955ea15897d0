package io.heliograph.bench;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** The textbook's WAR: one resource. */
@ApplicationPath("/")
public class TextbookApplication extends Application {
  @Override
  public Set<Class<?>> getClasses() {
    return Set.of(TextbookResource.class);
  }
}
