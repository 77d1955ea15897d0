package io.heliograph.event;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one subscription may and wants to see.
 *
 * <p>The only answer to "who sees what": live delivery, replay, pages, single events and retained
 * events all take a view and nothing else.
 *
 * @param stream the stream
 * @param key only events that carry this key; null for all
 * @param tenant only this tenant's events; null for all
 * @param owner only this owner's events; null for all
 * @param types only events of these types; empty for all
 */
public record View(
    String stream,
    @Nullable String key,
    @Nullable String tenant,
    @Nullable String owner,
    Set<String> types) {

  public View {
    types = Set.copyOf(types);
  }

  /** Everything of {@code stream}. */
  public static View of(String stream) {
    return new View(stream, null, null, null, Set.of());
  }

  public View withKey(@Nullable String newKey) {
    return new View(stream, newKey, tenant, owner, types);
  }

  public View withTenant(@Nullable String newTenant) {
    return new View(stream, key, newTenant, owner, types);
  }

  public View withOwner(@Nullable String newOwner) {
    return new View(stream, key, tenant, newOwner, types);
  }

  public View withTypes(Set<String> newTypes) {
    return new View(stream, key, tenant, owner, newTypes);
  }

  public boolean accepts(EventDraft event) {
    return stream.equals(event.stream())
        && (key == null || event.keys().contains(key))
        && (tenant == null || tenant.equals(event.tenant()))
        && (owner == null || owner.equals(event.owner()))
        && (types.isEmpty() || types.contains(event.type()));
  }

  public boolean accepts(Event event) {
    return accepts(event.draft());
  }
}
