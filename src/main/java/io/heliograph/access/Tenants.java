package io.heliograph.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.heliograph.database.Database;
import io.heliograph.event.EventDraft;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which tenant the users of the server's realm belong to: a realm knows none.
 *
 * <p>Names are kept and looked up folded: whoever writes its own in another way has the same
 * tenant.
 *
 * <p>What was found is remembered for a second, a change on this node counts at once. Any thread;
 * every method blocks on the database and throws {@link
 * io.heliograph.database.DatabaseUnavailableException} if it does not answer.
 */
public final class Tenants {
  private static final Duration REMEMBERED = Duration.ofSeconds(1);
  private static final int REMEMBERED_LIMIT = 10_000;

  private final Database database;
  private final Cache<String, Optional<String>> tenants;

  public Tenants(Database database) {
    this(database, Ticker.systemTicker());
  }

  Tenants(Database database, Ticker ticker) {
    this.database = database;
    this.tenants =
        Caffeine.newBuilder()
            .expireAfterWrite(REMEMBERED)
            .maximumSize(REMEMBERED_LIMIT)
            .ticker(ticker)
            .build();
  }

  /**
   * A tenant.
   *
   * @param members how many names belong to it
   */
  public record Tenant(String name, long members) {}

  /** The tenant of user {@code name}; null if an administrator gave it none. */
  public @Nullable String of(String name) {
    String folded = FoldedName.of(name);
    return Grants.isLabel(folded) ? tenants.get(folded, this::stored).orElse(null) : null;
  }

  private Optional<String> stored(String folded) {
    return database.read(
        "looking up a user's tenant",
        handle ->
            handle
                .createQuery("SELECT tenant FROM tenant_member WHERE name = :name")
                .bind("name", folded)
                .mapTo(String.class)
                .findOne());
  }

  /**
   * Makes user {@code name} a member of {@code tenant} and of no other.
   *
   * @return the tenant it was a member of before, which may be the same; empty if of none
   * @throws InvalidGrantException if one of them does not fit
   */
  public Optional<String> put(String tenant, String name) {
    Grants.requireLabel("tenant", tenant, EventDraft.LABEL_LIMIT);
    Grants.requireLabel("name", name, EventDraft.LABEL_LIMIT);
    String folded = FoldedName.of(name);
    Grants.requireLabel("name", folded, EventDraft.LABEL_LIMIT);
    Optional<String> before =
        database.change(
            "making a user a tenant's",
            handle -> {
              Optional<String> found =
                  handle
                      .createQuery("SELECT tenant FROM tenant_member WHERE name = :name")
                      .bind("name", folded)
                      .mapTo(String.class)
                      .findOne();
              handle
                  .createUpdate(
                      "INSERT INTO tenant_member (name, tenant) VALUES (:name, :tenant)"
                          + " ON CONFLICT (name) DO UPDATE SET tenant = excluded.tenant")
                  .bind("name", folded)
                  .bind("tenant", tenant)
                  .execute();
              return found;
            });
    tenants.invalidate(folded);
    return before;
  }

  /** Takes user {@code name} out of {@code tenant}; whether it was in it. */
  public boolean remove(String tenant, String name) {
    String folded = FoldedName.of(name);
    if (!Grants.isLabel(tenant) || !Grants.isLabel(folded)) {
      return false;
    }
    boolean wasMember =
        database.change(
            "taking a user out of a tenant",
            handle ->
                handle
                        .createUpdate(
                            "DELETE FROM tenant_member WHERE name = :name AND tenant = :tenant")
                        .bind("name", folded)
                        .bind("tenant", tenant)
                        .execute()
                    > 0);
    tenants.invalidate(folded);
    return wasMember;
  }

  /**
   * The members of {@code tenant}, by name, folded.
   *
   * @param after the last name of the page before; null for the first page
   * @param limit at most so many
   */
  public List<String> members(String tenant, @Nullable String after, int limit) {
    Grants.requireLimit(limit);
    if (!Grants.isLabel(tenant) || (after != null && !Grants.isLabel(after))) {
      return List.of();
    }
    return database.read(
        "listing a tenant's members",
        handle ->
            handle
                .createQuery(
                    "SELECT name FROM tenant_member WHERE tenant = :tenant AND name > :after"
                        + " ORDER BY name LIMIT :limit")
                .bind("tenant", tenant)
                .bind("after", after == null ? "" : FoldedName.of(after))
                .bind("limit", limit)
                .mapTo(String.class)
                .list());
  }

  /**
   * The tenants that have members, by name.
   *
   * @param after the last one of the page before; null for the first page
   * @param limit at most so many
   */
  public List<Tenant> all(@Nullable String after, int limit) {
    Grants.requireLimit(limit);
    if (after != null && !Grants.isLabel(after)) {
      return List.of();
    }
    return database.read(
        "listing tenants",
        handle ->
            handle
                .createQuery(
                    "SELECT tenant, count(*) AS members FROM tenant_member WHERE tenant > :after"
                        + " GROUP BY tenant ORDER BY tenant LIMIT :limit")
                .bind("after", after == null ? "" : after)
                .bind("limit", limit)
                .map((row, context) -> new Tenant(row.getString("tenant"), row.getLong("members")))
                .list());
  }
}
