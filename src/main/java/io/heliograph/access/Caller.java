package io.heliograph.access;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is asking: where every way in ends.
 *
 * @param name whose events are "own", and by whom limits count; null for nobody in particular
 * @param roles what the caller may do, sorted, with what they include
 * @param tenant for whom it publishes, and whose events it sees of streams that isolate tenants;
 *     null for nobody's
 * @param credential what it was found out by
 */
public record Caller(
    @Nullable String name, Set<String> roles, @Nullable String tenant, Credential credential) {

  /** Somebody who presented nothing. */
  public static final Caller ANONYMOUS = new Caller(null, Set.of(), null, Credential.NONE);

  private static final String ATTRIBUTE = Caller.class.getName();

  public Caller {
    roles = Collections.unmodifiableSet(Roles.including(roles));
  }

  /** The caller of {@code request}, once it has come to a resource. */
  public static Caller of(HttpServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof Caller known ? known : ANONYMOUS;
  }

  /** From now on the caller of {@code request}. */
  void bindTo(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  public boolean isAnonymous() {
    return name == null;
  }

  public boolean has(String role) {
    return roles.contains(role);
  }

  /**
   * Which of all callers this is: two tenants may each have a maria. For counting and for what is
   * kept of a caller, not for people; null for nobody in particular.
   */
  public @Nullable String identity() {
    // Neither has a line break in it.
    return name == null || tenant == null ? name : tenant + "\n" + name;
  }

  /** The name for people: {@code anonymous} for nobody in particular. */
  public String shownName() {
    return name == null ? "anonymous" : name;
  }
}
