package io.heliograph.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.heliograph.database.Database;
import io.heliograph.event.EventDraft;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Keys that programs present: {@code hk_}, the key's id, {@code _}, a secret.
 *
 * <p>Keys that were found are remembered for a second, so that a busy publisher does not ask the
 * database with each request. A key that is revoked here ends here at once, and on other nodes
 * within that second. What was not found is not remembered: wrong keys cannot push right ones out.
 *
 * <p>Any thread. Every method blocks on the database, {@link #authenticate} only for a key that was
 * not asked for within the last second; each throws {@link
 * io.heliograph.database.DatabaseUnavailableException} if it does not answer.
 */
public final class ApiKeys {
  /** What a key's text begins with, so that people and scanners know one when they see it. */
  static final String PREFIX = "hk_";

  /** The longest overlap of a rotation; after a year an old secret is not one that is replaced. */
  static final Duration OVERLAP_LIMIT = Duration.ofDays(366);

  /** Secrets of one key that are good at a time: each is compared at each look. */
  static final int SECRETS_LIMIT = 10;

  private static final Duration REMEMBERED = Duration.ofSeconds(1);
  private static final int REMEMBERED_LIMIT = 10_000;

  private static final String UNKNOWN = "there is no such API key";

  private final ApiKeyTable table;
  private final InstantSource clock;
  private final LastUses uses;
  private final Cache<String, ApiKeyTable.Found> found;

  public ApiKeys(Database database, InstantSource clock) {
    this(database, clock, Ticker.systemTicker());
  }

  ApiKeys(Database database, InstantSource clock, Ticker ticker) {
    this.table = new ApiKeyTable(database);
    this.clock = clock;
    this.uses = new LastUses(database, clock);
    this.found =
        Caffeine.newBuilder()
            .expireAfterWrite(REMEMBERED)
            .maximumSize(REMEMBERED_LIMIT)
            .ticker(ticker)
            .build();
  }

  /**
   * Makes a key and shows its text, this once.
   *
   * @throws InvalidGrantException if a field does not fit; nothing is made
   */
  public ApiKey.Made make(ApiKey.Wish wish) {
    Instant now = now();
    Grants.requireLabel("name", wish.name(), EventDraft.NAME_LIMIT);
    Grants.requireOptional("owner", wish.owner());
    Grants.requireOptional("tenant", wish.tenant());
    ApiKey key =
        new ApiKey(
            Secret.makeId(),
            wish.name(),
            wish.owner(),
            wish.tenant(),
            requireRoles(wish.roles()),
            now,
            requireFuture(wish.expires(), now),
            null,
            null);
    String secret = Secret.make();
    table.insert(key, Secret.hash(secret));
    return new ApiKey.Made(key, text(key.id(), secret));
  }

  private static Set<String> requireRoles(Set<String> names) {
    if (names.isEmpty()) {
      return Set.of(Roles.READ_ALL);
    }
    Set<String> unknown = new TreeSet<>(names);
    unknown.removeAll(Roles.ALL);
    if (!unknown.isEmpty()) {
      throw new InvalidGrantException(
          "roles",
          unknown.size()
              + " of the "
              + names.size()
              + " given are none of "
              + Grants.text(Roles.ALL).replace(",", ", "));
    }
    return Set.copyOf(names);
  }

  private static @Nullable Instant requireFuture(@Nullable Instant expires, Instant now) {
    if (expires == null) {
      return null;
    }
    if (!expires.isAfter(now)) {
      throw new InvalidGrantException(
          "expires", expires + " is not in the future, it is " + now + " now");
    }
    try {
      return Instant.ofEpochMilli(expires.toEpochMilli());
    } catch (ArithmeticException | DateTimeException e) {
      throw new InvalidGrantException(
          "expires", "it is too far away; leave it out for a key that does not expire");
    }
  }

  /**
   * Gives a key another secret, and shows the text with it, this once. Earlier ones are good until
   * {@code overlap} is over, and never longer than they were before.
   *
   * @param overlap zero ends them at once
   * @return empty if there is no key {@code id}
   * @throws InvalidGrantException if the overlap does not fit, the key was revoked or has expired,
   *     or it has too many secrets that are still good; nothing is changed
   */
  public Optional<ApiKey.Made> rotate(String id, Duration overlap) {
    if (overlap.isNegative() || overlap.compareTo(OVERLAP_LIMIT) > 0) {
      throw new InvalidGrantException(
          "overlap", overlap + " was given, it takes 0 to " + OVERLAP_LIMIT.toDays() + " days");
    }
    if (!Secret.isId(id)) {
      return Optional.empty();
    }
    String secret = Secret.make();
    Optional<ApiKey> key = table.rotate(id, Secret.hash(secret), now(), overlap);
    found.invalidate(id);
    return key.map(rotated -> new ApiKey.Made(rotated, text(id, secret)));
  }

  /**
   * Ends a key for good, with all its secrets.
   *
   * @return whether there was one that was not revoked before
   */
  public boolean revoke(String id) {
    boolean isRevoked = Secret.isId(id) && table.revoke(id, now());
    found.invalidate(id);
    return isRevoked;
  }

  /** The key {@code id}, also when it has ended. */
  public Optional<ApiKey> find(String id) {
    return Secret.isId(id) ? table.find(id).map(ApiKeyTable.Found::key) : Optional.empty();
  }

  /**
   * Keys, also those that have ended, the newest first.
   *
   * @param after the id of the last one of the page before; null for the first page. Empty after an
   *     id that there is not
   * @param limit at most so many
   */
  public List<ApiKey> all(@Nullable String after, int limit) {
    Grants.requireLimit(limit);
    return after != null && !Secret.isId(after) ? List.of() : table.page(after, limit);
  }

  /**
   * Who presents {@code text}.
   *
   * @throws InvalidCredentialException if that is no key, or one that was revoked, has expired or
   *     has another secret now; which of these is told only to whoever knows the secret
   */
  public Caller authenticate(String text) {
    int separator = PREFIX.length() + Secret.ID_LENGTH;
    if (text.length() != separator + 1 + Secret.LENGTH
        || !text.startsWith(PREFIX)
        || text.charAt(separator) != '_') {
      throw new InvalidCredentialException(UNKNOWN);
    }
    String id = text.substring(PREFIX.length(), separator);
    String secret = text.substring(separator + 1);
    ApiKeyTable.@Nullable Found candidate =
        Secret.isId(id) && Secret.isSecret(secret)
            ? found.get(id, key -> table.find(key).orElse(null))
            : null;
    if (candidate == null) {
      throw new InvalidCredentialException(UNKNOWN);
    }
    return caller(candidate, matching(candidate.secrets(), Secret.hash(secret)));
  }

  /** Compares with every one, so that the time does not tell which of them it was. */
  private static ApiKeyTable.StoredSecret matching(
      List<ApiKeyTable.StoredSecret> secrets, String hash) {
    ApiKeyTable.@Nullable StoredSecret matching = null;
    for (ApiKeyTable.StoredSecret secret : secrets) {
      if (Secret.isSame(secret.hash(), hash)) {
        matching = secret;
      }
    }
    if (matching == null) {
      throw new InvalidCredentialException(UNKNOWN);
    }
    return matching;
  }

  private Caller caller(ApiKeyTable.Found of, ApiKeyTable.StoredSecret secret) {
    ApiKey key = of.key();
    Instant now = now();
    if (key.revoked() != null) {
      throw new InvalidCredentialException("the API key was revoked");
    }
    if (Moments.isOver(key.expires(), now)) {
      throw new InvalidCredentialException("the API key expired at " + key.expires());
    }
    if (Moments.isOver(secret.expires(), now)) {
      throw new InvalidCredentialException(
          "the API key was rotated and this text of it ended at "
              + secret.expires()
              + "; use the new one");
    }
    uses.remember(key.id(), now);
    return new Caller(
        key.callerName(),
        key.roles(),
        key.tenant(),
        new Credential(
            Credential.Kind.API_KEY,
            secret.id(),
            Moments.earlier(key.expires(), secret.expires())));
  }

  /**
   * Writes down when keys were last used: each at most once a minute. Call it every few seconds.
   *
   * @return how many were written
   * @throws io.heliograph.database.DatabaseUnavailableException if they could not be; the next call
   *     tries again
   */
  public int flushLastUsed() {
    return uses.flush();
  }

  private static String text(String id, String secret) {
    return PREFIX + id + "_" + secret;
  }

  private Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }
}
