package io.heliograph.access;

import io.heliograph.database.Database;
import io.heliograph.database.DatabaseUnavailableException;
import io.heliograph.event.EventDraft;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * Logins of the login page.
 *
 * <p>In SQL and not in the container's sessions, so that any node knows them and a restart logs
 * nobody out. A session ends when its user was silent for the idle time-out. That is reckoned from
 * a moment that is written down now and then, so it may come early: by a twentieth of the time-out,
 * a minute at most, never late. However often its user is heard of, it ends when it has lived for
 * its longest life: who took a cookie does not have it for ever.
 *
 * <p>Any thread; every method blocks on the database and throws {@link
 * io.heliograph.database.DatabaseUnavailableException} if it does not answer.
 */
public final class Sessions {
  /** Live sessions of one name: a person's browsers, not a script that logs in for each request. */
  static final int LIMIT = 50;

  /** At most so often is a session's last request written down. */
  private static final Duration WRITTEN_EVERY = Duration.ofMinutes(1);

  /** Of a short time-out: within 5 s up to 100 s. */
  private static final int WRITES_WITHIN_TIMEOUT = 20;

  /** How long a timed-out session is kept, so that every node's watch sees how it ended. */
  private static final Duration ENDED_KEPT = Duration.ofHours(1);

  private static final String REFUSED = "the session was ended or never was; log in again";

  private static final System.Logger LOG = System.getLogger(Sessions.class.getName());

  private final Database database;
  private final InstantSource clock;
  private final Tenants tenants;
  private final Duration idleTimeout;
  private final Duration longestLife;
  private final Duration writtenEvery;

  /**
   * @param idleTimeout how long a user may be silent; more than zero
   * @param longestLife from the login to its end, whatever is heard; at least {@code idleTimeout}
   */
  public Sessions(
      Database database,
      InstantSource clock,
      Tenants tenants,
      Duration idleTimeout,
      Duration longestLife) {
    if (idleTimeout.isNegative() || idleTimeout.isZero()) {
      throw new IllegalArgumentException(
          "a session's idle time-out is positive, not " + idleTimeout);
    }
    if (longestLife.compareTo(idleTimeout) < 0) {
      throw new IllegalArgumentException(
          "a session lives for its idle time-out, "
              + idleTimeout
              + ", or longer, not for "
              + longestLife);
    }
    this.database = database;
    this.clock = clock;
    this.tenants = tenants;
    this.idleTimeout = idleTimeout;
    this.longestLife = longestLife;
    Duration part = idleTimeout.dividedBy(WRITES_WITHIN_TIMEOUT);
    this.writtenEvery = part.compareTo(WRITTEN_EVERY) < 0 ? part : WRITTEN_EVERY;
  }

  /**
   * A session that was just opened.
   *
   * @param text what the cookie has, which is nowhere else and cannot be had again
   * @param id its credential's
   */
  public record Opened(String text, String id) {
    @Override
    public String toString() {
      return "Opened[text=***, id=" + id + "]";
    }
  }

  /**
   * Opens a session for a user whom the server's realm knows. One too many ends the user's oldest.
   *
   * @param roles those that are none of {@link Roles#ALL} are left out
   * @throws InvalidGrantException if the name does not fit
   */
  public Opened open(String name, Set<String> roles) {
    Grants.requireLabel("name", name, EventDraft.LABEL_LIMIT);
    Opened opened = new Opened(Secret.make(), Secret.makeId());
    String folded = FoldedName.of(name);
    Instant now = clock.instant();
    database.change(
        "opening a session",
        handle -> {
          endOldest(handle, folded, now);
          return handle
              .createUpdate(
                  "INSERT INTO session (id, hash, name, folded_name, roles, created, last_seen)"
                      + " VALUES (:id, :hash, :name, :folded, :roles, :now, :now)")
              .bind("id", opened.id())
              .bind("hash", Secret.hash(opened.text()))
              .bind("name", name)
              .bind("folded", folded)
              .bind("roles", Grants.text(Roles.including(roles)))
              .bind("now", now.toEpochMilli())
              .execute();
        });
    return opened;
  }

  /** Leaves room for one more. Those that ended by themselves stay for the watch to see. */
  private void endOldest(Handle handle, String folded, Instant now) {
    List<String> live =
        handle
            .createQuery(
                "SELECT id FROM session WHERE folded_name = :folded AND last_seen > :heard"
                    + " AND created > :opened ORDER BY created DESC, id")
            .bind("folded", folded)
            .bind("heard", now.minus(idleTimeout).toEpochMilli())
            .bind("opened", now.minus(longestLife).toEpochMilli())
            .mapTo(String.class)
            .list();
    live.stream()
        .skip(LIMIT - 1)
        .forEach(id -> handle.execute("DELETE FROM session WHERE id = ?", id));
  }

  private record Found(
      String id, String name, Set<String> roles, Instant created, Instant lastSeen) {
    static Found of(ResultSet row) throws SQLException {
      return new Found(
          row.getString("id"),
          row.getString("name"),
          Grants.roles(row.getString("roles")),
          Moments.required(row, "created"),
          Moments.required(row, "last_seen"));
    }
  }

  /**
   * Who presents {@code text}, with the tenant of now. This is the user's being heard of.
   *
   * <p>The credential does not say when it expires, because each request puts that off; {@link
   * CredentialWatch} knows.
   *
   * <p>A session that was read is good also where its being heard of cannot be written down; then
   * it may time out early.
   *
   * @throws InvalidCredentialException if the session was ended, has timed out, has had its longest
   *     life or never was
   */
  public Caller authenticate(String text) {
    if (!Secret.isSecret(text)) {
      throw new InvalidCredentialException(REFUSED);
    }
    String hash = Secret.hash(text);
    Found found =
        database
            .read(
                "looking up a session",
                handle ->
                    handle
                        .createQuery(
                            "SELECT id, name, roles, created, last_seen FROM session"
                                + " WHERE hash = :hash")
                        .bind("hash", hash)
                        .map((row, context) -> Found.of(row))
                        .findOne())
            .orElseThrow(() -> new InvalidCredentialException(REFUSED));
    Instant now = clock.instant();
    if (hasOutlived(found.created(), now)) {
      throw new InvalidCredentialException(
          "the session has ended, the longest life of one is " + longestLife + "; log in again");
    }
    if (hasTimedOut(found.lastSeen(), now)) {
      throw new InvalidCredentialException(
          "the session timed out, nothing was heard for " + idleTimeout + "; log in again");
    }
    if (!now.isBefore(found.lastSeen().plus(writtenEvery))) {
      writeLastSeen(found, now);
    }
    return new Caller(
        found.name(),
        found.roles(),
        tenants.of(found.name()),
        new Credential(Credential.Kind.SESSION, found.id(), null));
  }

  private void writeLastSeen(Found found, Instant now) {
    try {
      database.change(
          "writing down a session's last request",
          handle ->
              handle
                  .createUpdate(
                      "UPDATE session SET last_seen = :now WHERE id = :id AND last_seen < :now")
                  .bind("id", found.id())
                  .bind("now", now.toEpochMilli())
                  .execute());
    } catch (DatabaseUnavailableException e) {
      // A full disk or a backup's lock must not log everybody out; the next request tries again.
      LOG.log(System.Logger.Level.DEBUG, "a session may time out early: {0}", e.getMessage());
    }
  }

  /** Whether a session of these moments has ended by itself. */
  boolean hasEnded(Instant created, Instant lastSeen, Instant now) {
    return hasOutlived(created, now) || hasTimedOut(lastSeen, now);
  }

  private boolean hasOutlived(Instant created, Instant now) {
    return Moments.isOver(created.plus(longestLife), now);
  }

  private boolean hasTimedOut(Instant lastSeen, Instant now) {
    return Moments.isOver(lastSeen.plus(idleTimeout), now);
  }

  /** Logs out: ends the session of {@code text}; whether there was one. */
  public boolean end(String text) {
    return Secret.isSecret(text)
        && delete("DELETE FROM session WHERE hash = :what", Secret.hash(text)) > 0;
  }

  /**
   * Ends all sessions of user {@code name}, however it was written when they were opened.
   *
   * @return how many
   */
  public int endAll(String name) {
    return Grants.isLabel(name)
        ? delete("DELETE FROM session WHERE folded_name = :what", FoldedName.of(name))
        : 0;
  }

  private int delete(String sql, Object what) {
    return database.change(
        "ending sessions", handle -> handle.createUpdate(sql).bind("what", what).execute());
  }

  /**
   * Deletes sessions that timed out a while ago, which those that had their longest life do, too:
   * nothing more is written down of them. Call it every minute or so.
   *
   * @return how many
   */
  public int forgetTimedOut() {
    return delete(
        "DELETE FROM session WHERE last_seen <= :what",
        clock.instant().minus(idleTimeout).minus(ENDED_KEPT).toEpochMilli());
  }
}
