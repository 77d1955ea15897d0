package io.heliograph.stream;

import io.heliograph.access.Caller;
import io.heliograph.access.ForbiddenException;
import io.heliograph.access.NotAuthenticatedException;
import io.heliograph.access.Roles;
import io.heliograph.event.Event;
import io.heliograph.event.EventDraft;
import io.heliograph.event.View;
import io.heliograph.stream.StreamPolicy.Isolation;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Who sees what, and whose what is published becomes: decided here and nowhere else. Everything
 * that gives events to somebody gives them by the {@link View} that this makes.
 */
public final class Visibility {
  private static final String READERS = Roles.READ_OWN + " or " + Roles.READ_ALL;

  private Visibility() {}

  /**
   * What {@code caller} sees of what it wants: {@code wanted}, confined as {@code policy} says.
   *
   * <p>Of a public stream all of it, whoever asks. Under isolation by tenant only its own tenant's,
   * whatever its roles; without a tenant everybody's, which takes {@link Roles#READ_ALL}. Under
   * isolation by owner only its own, but with that role every owner's.
   *
   * @param wanted of {@code policy}'s stream
   * @throws NotAuthenticatedException if nobody in particular asks for what is not public
   * @throws ForbiddenException if the caller lacks the role, or asks for another's by name
   */
  public static View of(View wanted, StreamPolicy policy, Caller caller) {
    if (!wanted.stream().equals(policy.name())) {
      throw new IllegalArgumentException(
          "a view of '" + wanted.stream() + "' under the policy of '" + policy.name() + "'");
    }
    RuntimeException refusal = refusal(policy, caller);
    if (refusal != null) {
      throw refusal;
    }
    View view = wanted;
    if (policy.isolatesBy(Isolation.TENANT) && caller.tenant() != null) {
      view = view.withTenant(confined("tenant", wanted.tenant(), caller.tenant(), policy));
    }
    if (policy.isolatesBy(Isolation.OWNER) && !caller.has(Roles.READ_ALL)) {
      view = view.withOwner(confined("owner", wanted.owner(), caller.name(), policy));
    }
    return view;
  }

  /** Whether {@code caller} may read something of {@code policy}'s stream. */
  public static boolean canRead(StreamPolicy policy, Caller caller) {
    return refusal(policy, caller) == null;
  }

  /** Whether {@code caller} sees {@code event}, which is of {@code policy}'s stream. */
  public static boolean maySee(Event event, StreamPolicy policy, Caller caller) {
    return canRead(policy, caller) && of(View.of(policy.name()), policy, caller).accepts(event);
  }

  /**
   * Does nothing if {@code caller} may read one of {@code policies} that is not public, or if there
   * is none such.
   *
   * <p>For whom something is not there. That depends on the caller alone, so it tells nobody
   * whether what was asked for exists.
   *
   * @throws NotAuthenticatedException if nobody in particular asks
   * @throws ForbiddenException if the caller lacks a role
   */
  public static void requireReader(Collection<StreamPolicy> policies, Caller caller) {
    if (policies.stream().allMatch(StreamPolicy::isPublic)
        || policies.stream().anyMatch(policy -> !policy.isPublic() && canRead(policy, caller))) {
      return;
    }
    if (caller.isAnonymous()) {
      throw new NotAuthenticatedException("an event of a stream that is not public");
    }
    throw new ForbiddenException(
        caller.shownName()
            + " may read no stream that is not public; the role "
            + READERS
            + " is needed, and "
            + Roles.READ_ALL
            + " without a tenant where tenants are isolated");
  }

  /**
   * {@code draft} as {@code caller} publishes it: a caller with a tenant publishes for that one and
   * no other, which the draft need not name; a caller without one for any or none.
   *
   * @throws ForbiddenException if the draft is for another tenant
   */
  public static EventDraft publishedBy(EventDraft draft, Caller caller) {
    String own = caller.tenant();
    if (own == null || own.equals(draft.tenant())) {
      return draft;
    }
    if (draft.tenant() != null) {
      throw new ForbiddenException(
          "tenant '"
              + draft.tenant()
              + "' was given, but "
              + caller.shownName()
              + " publishes for tenant '"
              + own
              + "' only; leave tenant out, or use a credential without a tenant");
    }
    return draft.withTenant(own);
  }

  /** Why {@code caller} reads nothing of {@code policy}'s stream; null if it reads something. */
  private static @Nullable RuntimeException refusal(StreamPolicy policy, Caller caller) {
    if (policy.isPublic()) {
      return null;
    }
    String stream = "stream '" + policy.name() + "'";
    if (caller.isAnonymous()) {
      return new NotAuthenticatedException(stream);
    }
    if (!caller.has(Roles.READ_OWN) && !caller.has(Roles.READ_ALL)) {
      return new ForbiddenException(
          stream + " needs the role " + READERS + "; " + caller.shownName() + has(caller));
    }
    if (policy.isolatesBy(Isolation.TENANT)
        && caller.tenant() == null
        && !caller.has(Roles.READ_ALL)) {
      return new ForbiddenException(
          stream
              + " shows each tenant its own; "
              + caller.shownName()
              + " has no tenant and would need the role "
              + Roles.READ_ALL);
    }
    return null;
  }

  private static String has(Caller caller) {
    return caller.roles().isEmpty()
        ? " has no role"
        : " has only " + String.join(", ", caller.roles());
  }

  /** The one value that a view is confined to; asking for another is not answered with this. */
  private static String confined(
      String what, @Nullable String wanted, @Nullable String own, StreamPolicy policy) {
    if (own == null) {
      throw new IllegalStateException("nobody in particular cannot be confined to its own");
    }
    if (wanted != null && !wanted.equals(own)) {
      throw new ForbiddenException(
          "stream '"
              + policy.name()
              + "': "
              + what
              + " '"
              + wanted
              + "' was asked for, the caller"
              + " sees '"
              + own
              + "' only");
    }
    return own;
  }
}
