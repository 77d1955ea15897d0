package io.heliograph.access;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.ext.Provider;
import java.lang.reflect.Method;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Enforces {@code @RolesAllowed}, the same way on every server: Payara does so itself, WildFly only
 * if it is told to and then with other statuses, Tomcat not at all.
 *
 * <p>A method without the annotation is for everybody. {@code @PermitAll} says the same and is not
 * used: Payara authenticates once more for it.
 */
@Provider
public class RolesFeature implements DynamicFeature {
  @Override
  public void configure(ResourceInfo resource, FeatureContext context) {
    RolesAllowed allowed = allowed(resource.getResourceMethod());
    if (allowed != null) {
      context.register(new RolesFilter(Set.of(allowed.value())));
    }
  }

  /** By the class that declares the method: CDI's own subclasses do not inherit annotations. */
  private static @Nullable RolesAllowed allowed(Method method) {
    RolesAllowed own = method.getAnnotation(RolesAllowed.class);
    return own != null ? own : method.getDeclaringClass().getAnnotation(RolesAllowed.class);
  }
}
