package io.heliograph.access;

import io.heliograph.database.Database;
import io.heliograph.metrics.Ending;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.mapper.RowMapper;

/**
 * Finds out which credentials in use have ended, on whichever node that was done.
 *
 * <p>Meant for every second or so and for all that is in use at once: a few queries, by primary
 * key. Any thread.
 */
public final class CredentialWatch {
  /** Ids in one query; databases have a limit on the parameters of a statement. */
  private static final int CHUNK = 500;

  private static final String KEYS =
      "SELECT s.id, s.expires, k.expires AS key_expires, k.revoked FROM api_key_secret s"
          + " JOIN api_key k ON k.id = s.key_id WHERE s.id IN (<ids>)";

  private static final String SESSIONS =
      "SELECT id, created, last_seen FROM session WHERE id IN (<ids>)";

  private final Database database;
  private final InstantSource clock;
  private final Sessions sessions;

  public CredentialWatch(Database database, InstantSource clock, Sessions sessions) {
    this.database = database;
    this.clock = clock;
    this.sessions = sessions;
  }

  /**
   * Those of {@code inUse} whose end was known from the beginning and has come: all {@link
   * Ending#TOKEN_EXPIRED}. Asks the clock and nothing else, so it works while the database does
   * not.
   */
  public Map<Credential, Ending> expired(Set<Credential> inUse) {
    Instant now = clock.instant();
    Map<Credential, Ending> expired = new HashMap<>();
    for (Credential credential : inUse) {
      if (Moments.isOver(credential.expires(), now)) {
        expired.put(credential, Ending.TOKEN_EXPIRED);
      }
    }
    return expired;
  }

  /**
   * Those of {@code inUse} that have ended, and how: {@link #expired} ones, API keys that were
   * revoked or rotated, sessions that were ended, timed out or had their longest life. Blocks.
   *
   * @throws io.heliograph.database.DatabaseUnavailableException if the database did not answer.
   *     Then nothing is known to have ended and nothing should be ended for it, but what {@link
   *     #expired} tells
   */
  public Map<Credential, Ending> ended(Set<Credential> inUse) {
    Map<Credential, Ending> ended = expired(inUse);
    addEnded(ended, inUse, Credential.Kind.API_KEY, KEYS, this::keyEnding);
    addEnded(ended, inUse, Credential.Kind.SESSION, SESSIONS, this::sessionEnding);
    return ended;
  }

  /** How a credential ended by itself or by somebody's act; empty if it is good. */
  private interface EndingOf {
    Optional<Ending> at(ResultSet row, Instant now) throws SQLException;
  }

  private Optional<Ending> keyEnding(ResultSet row, Instant now) throws SQLException {
    if (Moments.optional(row, "revoked") != null) {
      return Optional.of(Ending.REVOKED);
    }
    Instant end =
        Moments.earlier(Moments.optional(row, "expires"), Moments.optional(row, "key_expires"));
    return Moments.isOver(end, now) ? Optional.of(Ending.TOKEN_EXPIRED) : Optional.empty();
  }

  private Optional<Ending> sessionEnding(ResultSet row, Instant now) throws SQLException {
    return sessions.hasEnded(
            Moments.required(row, "created"), Moments.required(row, "last_seen"), now)
        ? Optional.of(Ending.TOKEN_EXPIRED)
        : Optional.empty();
  }

  private void addEnded(
      Map<Credential, Ending> ended,
      Set<Credential> inUse,
      Credential.Kind kind,
      String sql,
      EndingOf endingOf) {
    List<Credential> asked =
        inUse.stream()
            .filter(credential -> credential.kind() == kind && !ended.containsKey(credential))
            .toList();
    List<String> ids = asked.stream().map(Credential::id).distinct().toList();
    Map<String, Optional<Ending>> found = new HashMap<>();
    for (int from = 0; from < ids.size(); from += CHUNK) {
      read(sql, ids.subList(from, Math.min(from + CHUNK, ids.size())), endingOf, found);
    }
    for (Credential credential : asked) {
      // What is not there was deleted.
      found
          .getOrDefault(credential.id(), Optional.of(Ending.REVOKED))
          .ifPresent(ending -> ended.put(credential, ending));
    }
  }

  private void read(
      String sql, List<String> ids, EndingOf endingOf, Map<String, Optional<Ending>> found) {
    Instant now = clock.instant();
    RowMapper<Map.Entry<String, Optional<Ending>>> entry =
        (row, context) -> Map.entry(row.getString("id"), endingOf.at(row, now));
    database
        .read(
            "looking for credentials that ended",
            handle -> handle.createQuery(sql).bindList("ids", ids).map(entry).list())
        .forEach(row -> found.put(row.getKey(), row.getValue()));
  }
}
