package io.heliograph.access;

import io.heliograph.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Texts that are good once, for {@link #LIFE}, in place of a credential that must not stand in an
 * address: {@code ht_} and a secret.
 *
 * <p>In SQL, so that any node takes one. Any thread; every method blocks on the database and throws
 * {@link io.heliograph.database.DatabaseUnavailableException} if it does not answer.
 */
public final class Tickets {
  /** What a ticket's text begins with. */
  static final String PREFIX = "ht_";

  /** Long enough for a page to open a stream with it, too short to be found in a history. */
  public static final Duration LIFE = Duration.ofSeconds(30);

  /**
   * Unused tickets of one caller, which is a name in a tenant; whoever has more is collecting them.
   */
  static final int LIMIT = 1_000;

  private static final String REFUSED = "the ticket was used, has expired or never was";

  private final Database database;
  private final InstantSource clock;

  public Tickets(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /**
   * A ticket for {@code caller}, which ends with the caller's own credential if that is sooner.
   *
   * @throws NotAuthenticatedException if the caller presented nothing
   * @throws TooManyTicketsException if the caller has {@link #LIMIT} that are not used
   */
  public String issue(Caller caller) {
    Credential credential = caller.credential();
    if (credential.kind() == Credential.Kind.NONE) {
      throw new NotAuthenticatedException("a ticket");
    }
    String secret = Secret.make();
    Instant now = clock.instant();
    Instant expires = Objects.requireNonNull(Moments.earlier(now.plus(LIFE), credential.expires()));
    String name = caller.name() == null ? "" : caller.name();
    database.change(
        "issuing a ticket",
        handle -> {
          int live =
              handle
                  .createQuery(
                      "SELECT count(*) FROM ticket WHERE caller = :caller"
                          + " AND coalesce(tenant, '') = :tenant AND expires > :now")
                  .bind("caller", name)
                  .bind("tenant", caller.tenant() == null ? "" : caller.tenant())
                  .bind("now", now.toEpochMilli())
                  .mapTo(int.class)
                  .one();
          if (live >= LIMIT) {
            throw new TooManyTicketsException(
                caller.shownName()
                    + " has "
                    + live
                    + " tickets that were not used, the limit is "
                    + LIMIT
                    + "; use them, or wait "
                    + LIFE.toSeconds()
                    + " s");
          }
          return handle
              .createUpdate(
                  "INSERT INTO ticket (hash, caller, roles, tenant, credential_kind, credential_id,"
                      + " credential_expires, expires) VALUES (:hash, :caller, :roles, :tenant,"
                      + " :kind, :id, :credentialExpires, :expires)")
              .bind("hash", Secret.hash(secret))
              .bind("caller", name)
              .bind("roles", Grants.text(caller.roles()))
              .bind("tenant", caller.tenant())
              .bind("kind", credential.kind().name())
              .bind("id", credential.id())
              .bind("credentialExpires", Moments.millis(credential.expires()))
              .bind("expires", expires.toEpochMilli())
              .execute();
        });
    return PREFIX + secret;
  }

  /**
   * Uses a ticket up and gives the caller it was issued to, with the credential of then, so that
   * whatever is begun with it ends with that one. Of several who bring the same ticket, on
   * whichever nodes, one gets it.
   *
   * @throws InvalidCredentialException if it was used, has expired or never was
   */
  public Caller redeem(String text) {
    String secret = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : "";
    if (!Secret.isSecret(secret)) {
      throw new InvalidCredentialException(REFUSED);
    }
    String hash = Secret.hash(secret);
    requireLive(hash);
    Optional<Redeemed> redeemed =
        database.change(
            "redeeming a ticket",
            handle ->
                handle
                    .createQuery("DELETE FROM ticket WHERE hash = :hash RETURNING *")
                    .bind("hash", hash)
                    .map((row, context) -> redeemed(row))
                    .findOne());
    return redeemed
        .filter(ticket -> !Moments.isOver(ticket.expires(), clock.instant()))
        .map(Redeemed::caller)
        .orElseThrow(() -> new InvalidCredentialException(REFUSED));
  }

  /** Or whoever makes texts up would have them all wait for the one lock that writers share. */
  private void requireLive(String hash) {
    Optional<Instant> expires =
        database.read(
            "looking up a ticket",
            handle ->
                handle
                    .createQuery("SELECT expires FROM ticket WHERE hash = :hash")
                    .bind("hash", hash)
                    .map((row, context) -> Moments.required(row, "expires"))
                    .findOne());
    if (expires.isEmpty() || Moments.isOver(expires.get(), clock.instant())) {
      throw new InvalidCredentialException(REFUSED);
    }
  }

  private record Redeemed(Caller caller, Instant expires) {}

  private static Redeemed redeemed(ResultSet row) throws SQLException {
    String name = row.getString("caller");
    @Nullable Instant credentialExpires = Moments.optional(row, "credential_expires");
    return new Redeemed(
        new Caller(
            name.isEmpty() ? null : name,
            Grants.roles(row.getString("roles")),
            row.getString("tenant"),
            new Credential(
                Credential.Kind.valueOf(row.getString("credential_kind")),
                row.getString("credential_id"),
                credentialExpires)),
        Moments.required(row, "expires"));
  }

  /**
   * Deletes tickets that nobody used in time. Call it every minute or so.
   *
   * @return how many
   */
  public int forgetExpired() {
    return database.change(
        "forgetting expired tickets",
        handle ->
            handle
                .createUpdate("DELETE FROM ticket WHERE expires <= :now")
                .bind("now", clock.millis())
                .execute());
  }
}
