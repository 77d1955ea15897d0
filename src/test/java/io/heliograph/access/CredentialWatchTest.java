package io.heliograph.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.database.DatabaseUnavailableException;
import io.heliograph.metrics.Ending;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the watch sees of credentials that end while they are in use. */
class CredentialWatchTest extends StoreFixture {
  private final ApiKeys keys = new ApiKeys(database, clock, ticker);
  private final Sessions sessions =
      new Sessions(
          database,
          clock,
          new Tenants(database, ticker),
          Duration.ofMinutes(30),
          Duration.ofHours(1));

  /** Another node's: what is done here is seen there. */
  private final CredentialWatch watch = new CredentialWatch(another(), clock, sessions);

  CredentialWatchTest(@TempDir Path directory) {
    super(directory);
  }

  private ApiKey.Made made(@Nullable Instant expires) {
    return keys.make(new ApiKey.Wish("k", null, null, Set.of(), expires));
  }

  private Credential of(ApiKey.Made made) {
    return keys.authenticate(made.text()).credential();
  }

  private static Credential credential(Credential.Kind kind, @Nullable Instant expires) {
    return new Credential(kind, "", expires);
  }

  @Test
  void endsNothingThatIsGood() {
    Sessions.Opened opened = sessions.open("maria", Set.of());
    Set<Credential> good =
        Set.of(
            of(made(null)),
            of(made(clock.instant().plusSeconds(1))),
            sessions.authenticate(opened.text()).credential(),
            Credential.NONE,
            credential(Credential.Kind.PASSWORD, null),
            credential(Credential.Kind.PROXY, null),
            credential(Credential.Kind.TOKEN, clock.instant().plusSeconds(1)));
    assertEquals(Map.of(), watch.ended(good));
    assertEquals(Map.of(), watch.ended(Set.of()));
  }

  @Test
  void sawWhatExpiredByTheClock() {
    Instant end = clock.instant().plusSeconds(1);
    Set<Credential> inUse =
        Set.of(of(made(end)), credential(Credential.Kind.TOKEN, end), of(made(null)));
    wait(Duration.ofSeconds(1));
    Map<Credential, Ending> ended = watch.ended(inUse);
    assertEquals(2, ended.size());
    assertEquals(Set.of(Ending.TOKEN_EXPIRED), new HashSet<>(ended.values()));
    assertEquals(ended, watch.expired(inUse));
  }

  @Test
  void seesARevocation() {
    ApiKey.Made made = made(null);
    Credential first = of(made);
    Credential second = of(keys.rotate(made.key().id(), Duration.ofDays(1)).orElseThrow());
    Credential other = of(made(null));
    keys.revoke(made.key().id());
    assertEquals(
        Map.of(first, Ending.REVOKED, second, Ending.REVOKED),
        watch.ended(Set.of(first, second, other)));
  }

  /** Red when only the end that the credential knew was looked at: it knew of none. */
  @Test
  void seesARotationsOverlapEnd() {
    ApiKey.Made made = made(null);
    Credential before = of(made);
    Credential after = of(keys.rotate(made.key().id(), Duration.ofMinutes(1)).orElseThrow());
    Credential during = of(made);
    Set<Credential> inUse = Set.of(before, during, after);
    assertEquals(3, inUse.size());
    assertEquals(Map.of(), watch.ended(inUse));
    wait(Duration.ofMinutes(1));
    assertEquals(
        Map.of(before, Ending.TOKEN_EXPIRED, during, Ending.TOKEN_EXPIRED), watch.ended(inUse));
  }

  @Test
  void takesWhatIsGoneForRevoked() {
    Credential key = of(made(null));
    change("DELETE FROM api_key_secret");
    assertEquals(Map.of(key, Ending.REVOKED), watch.ended(Set.of(key)));
  }

  @Test
  void seesALogout() {
    Sessions.Opened opened = sessions.open("maria", Set.of());
    Credential session = sessions.authenticate(opened.text()).credential();
    sessions.end(opened.text());
    assertEquals(Map.of(session, Ending.REVOKED), watch.ended(Set.of(session)));
  }

  /** Red when sessions were not looked at. */
  @Test
  void seesASessionTimeOut_thatRequestsPutOff() {
    Sessions.Opened opened = sessions.open("maria", Set.of());
    Credential session = sessions.authenticate(opened.text()).credential();
    wait(Duration.ofMinutes(29));
    sessions.authenticate(opened.text());
    wait(Duration.ofMinutes(29));
    assertEquals(Map.of(), watch.ended(Set.of(session)));
    wait(Duration.ofMinutes(1));
    assertEquals(Map.of(session, Ending.TOKEN_EXPIRED), watch.ended(Set.of(session)));
  }

  /** Red when only the last request was looked at. */
  @Test
  void seesASessionsLongestLifeEnd_howeverOftenItIsHeardOf() {
    Sessions.Opened opened = sessions.open("maria", Set.of());
    Credential session = sessions.authenticate(opened.text()).credential();
    for (int minutes = 0; minutes < 59; minutes++) {
      wait(Duration.ofMinutes(1));
      sessions.authenticate(opened.text());
    }
    assertEquals(Map.of(), watch.ended(Set.of(session)));
    wait(Duration.ofMinutes(1));
    assertEquals(Map.of(session, Ending.TOKEN_EXPIRED), watch.ended(Set.of(session)));
  }

  @Test
  void aTicketsCallerEndsWithItsKey() {
    Tickets tickets = new Tickets(database, clock);
    ApiKey.Made made = made(null);
    Credential redeemed =
        tickets.redeem(tickets.issue(keys.authenticate(made.text()))).credential();
    keys.revoke(made.key().id());
    assertEquals(Map.of(redeemed, Ending.REVOKED), watch.ended(Set.of(redeemed)));
  }

  /** Red when only the first 500 were asked for. */
  @Test
  void looksAtTenThousandInNoTime() {
    String key = made(null).key().id();
    Map<Credential, Ending> expected = new HashMap<>();
    Set<Credential> inUse = new HashSet<>();
    database.change(
        "testing",
        handle -> {
          for (int i = 0; i < 10_000; i++) {
            Credential credential = new Credential(Credential.Kind.API_KEY, "s" + i, null);
            inUse.add(credential);
            if (i % 100 == 0) {
              expected.put(credential, Ending.REVOKED);
            } else {
              handle.execute(
                  "INSERT INTO api_key_secret (id, key_id, hash, created) VALUES (?, ?, '', 0)",
                  credential.id(),
                  key);
            }
          }
          return inUse.size();
        });
    long began = System.nanoTime();
    assertEquals(expected, watch.ended(inUse));
    long millis = (System.nanoTime() - began) / 1_000_000;
    assertTrue(millis < 5_000, millis + " ms");
  }

  @Test
  void endsNothingButWhatExpires_whenTheDatabaseDoesNotAnswer() {
    Credential key = of(made(null));
    Credential token = credential(Credential.Kind.TOKEN, clock.instant());
    change("ALTER TABLE api_key RENAME TO elsewhere");
    assertThrows(DatabaseUnavailableException.class, () -> watch.ended(Set.of(key, token)));
    assertEquals(Map.of(token, Ending.TOKEN_EXPIRED), watch.expired(Set.of(key, token)));
  }

  @Test
  void aCredentialsIdIsNoSql() {
    for (String id : RUBBISH) {
      Credential credential = new Credential(Credential.Kind.API_KEY, id, null);
      assertEquals(Map.of(credential, Ending.REVOKED), watch.ended(Set.of(credential)));
    }
    assertEquals("0", text("SELECT count(*) FROM api_key"));
  }
}
