package io.heliograph.access;

import io.heliograph.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** API keys and their secrets, in SQL. */
final class ApiKeyTable {
  /** How long an ended secret is kept, so that whoever still presents it is told what happened. */
  private static final Duration ENDED_KEPT = Duration.ofDays(30);

  /** A secret, as far as it is kept. */
  record StoredSecret(String id, String hash, @Nullable Instant expires) {
    @Override
    public String toString() {
      return "StoredSecret[id=" + id + ", hash=***, expires=" + expires + "]";
    }
  }

  /** A key with its secrets, ended ones included. */
  record Found(ApiKey key, List<StoredSecret> secrets) {}

  private final Database database;

  ApiKeyTable(Database database) {
    this.database = database;
  }

  void insert(ApiKey key, String hash) {
    database.change(
        "making an API key",
        handle -> {
          handle
              .createUpdate(
                  "INSERT INTO api_key (id, name, owner, tenant, roles, created, expires)"
                      + " VALUES (:id, :name, :owner, :tenant, :roles, :created, :expires)")
              .bind("id", key.id())
              .bind("name", key.name())
              .bind("owner", key.owner())
              .bind("tenant", key.tenant())
              .bind("roles", Grants.text(key.roles()))
              .bind("created", key.created().toEpochMilli())
              .bind("expires", Moments.millis(key.expires()))
              .execute();
          return insertSecret(handle, key.id(), hash, key.created());
        });
  }

  private static int insertSecret(Handle handle, String key, String hash, Instant now) {
    return handle
        .createUpdate(
            "INSERT INTO api_key_secret (id, key_id, hash, created)"
                + " VALUES (:id, :key, :hash, :now)")
        .bind("id", Secret.makeId())
        .bind("key", key)
        .bind("hash", hash)
        .bind("now", now.toEpochMilli())
        .execute();
  }

  /** See {@link ApiKeys#rotate}. */
  Optional<ApiKey> rotate(String id, String hash, Instant now, Duration overlap) {
    return database.change(
        "rotating an API key",
        handle -> {
          Optional<Found> found = find(handle, id);
          if (found.isEmpty()) {
            return Optional.empty();
          }
          requireRotatable(found.get(), now, overlap);
          handle
              .createUpdate(
                  "UPDATE api_key_secret SET expires = :end"
                      + " WHERE key_id = :key AND (expires IS NULL OR expires > :end)")
              .bind("key", id)
              .bind("end", now.plus(overlap).toEpochMilli())
              .execute();
          handle
              .createUpdate("DELETE FROM api_key_secret WHERE key_id = :key AND expires < :before")
              .bind("key", id)
              .bind("before", now.minus(ENDED_KEPT).toEpochMilli())
              .execute();
          insertSecret(handle, id, hash, now);
          return found.map(Found::key);
        });
  }

  private static void requireRotatable(Found found, Instant now, Duration overlap) {
    ApiKey key = found.key();
    if (key.revoked() != null || Moments.isOver(key.expires(), now)) {
      throw new InvalidGrantException(
          "id",
          "the API key '"
              + key.name()
              + "' "
              + (key.revoked() != null
                  ? "was revoked at " + key.revoked()
                  : "expired at " + key.expires())
              + "; make another one");
    }
    long live =
        found.secrets().stream().filter(secret -> !Moments.isOver(secret.expires(), now)).count();
    if (!overlap.isZero() && live >= ApiKeys.SECRETS_LIMIT) {
      throw new InvalidGrantException(
          "overlap",
          "the API key '"
              + key.name()
              + "' has "
              + live
              + " texts that are still good, the limit is "
              + ApiKeys.SECRETS_LIMIT
              + "; rotate it with an overlap of 0, which ends them");
    }
  }

  boolean revoke(String id, Instant now) {
    return database.change(
        "revoking an API key",
        handle ->
            handle
                    .createUpdate(
                        "UPDATE api_key SET revoked = :now WHERE id = :id AND revoked IS NULL")
                    .bind("id", id)
                    .bind("now", now.toEpochMilli())
                    .execute()
                > 0);
  }

  Optional<Found> find(String id) {
    return database.read("looking up an API key", handle -> find(handle, id));
  }

  private static Optional<Found> find(Handle handle, String id) {
    Optional<ApiKey> key =
        handle
            .createQuery("SELECT * FROM api_key WHERE id = :id")
            .bind("id", id)
            .map((row, context) -> key(row))
            .findOne();
    if (key.isEmpty()) {
      return Optional.empty();
    }
    List<StoredSecret> secrets =
        handle
            .createQuery("SELECT id, hash, expires FROM api_key_secret WHERE key_id = :id")
            .bind("id", id)
            .map(
                (row, context) ->
                    new StoredSecret(
                        row.getString("id"),
                        row.getString("hash"),
                        Moments.optional(row, "expires")))
            .list();
    return Optional.of(new Found(key.get(), secrets));
  }

  List<ApiKey> page(@Nullable String after, int limit) {
    return database.read(
        "listing API keys",
        handle -> {
          Query query =
              after == null
                  ? handle.createQuery(
                      "SELECT * FROM api_key ORDER BY created DESC, id DESC LIMIT :limit")
                  : handle
                      .createQuery(
                          "SELECT * FROM api_key WHERE (created, id) <"
                              + " (SELECT created, id FROM api_key WHERE id = :after)"
                              + " ORDER BY created DESC, id DESC LIMIT :limit")
                      .bind("after", after);
          return query.bind("limit", limit).map((row, context) -> key(row)).list();
        });
  }

  private static ApiKey key(ResultSet row) throws SQLException {
    return new ApiKey(
        row.getString("id"),
        row.getString("name"),
        row.getString("owner"),
        row.getString("tenant"),
        Grants.roles(row.getString("roles")),
        Moments.required(row, "created"),
        Moments.optional(row, "expires"),
        Moments.optional(row, "revoked"),
        Moments.optional(row, "last_used"));
  }
}
