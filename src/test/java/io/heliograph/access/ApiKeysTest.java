package io.heliograph.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.database.DatabaseUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys: what is kept of them, who gets in with them, and until when. */
class ApiKeysTest extends StoreFixture {
  private static final String UNKNOWN = "there is no such API key";

  private final ApiKeys keys = new ApiKeys(database, clock, ticker);

  ApiKeysTest(@TempDir Path directory) {
    super(directory);
  }

  private static ApiKey.Wish wish(String name) {
    return new ApiKey.Wish(name, null, null, Set.of(), null);
  }

  private static ApiKey.Wish expiring(@Nullable Instant expires) {
    return new ApiKey.Wish("k", null, null, Set.of(Roles.PUBLISH), expires);
  }

  private ApiKey.Made made(String name) {
    return keys.make(wish(name));
  }

  // Making.

  @Test
  void isKnownByItsText() {
    ApiKey.Made made =
        keys.make(
            new ApiKey.Wish("billing", "maria", "7", Set.of(Roles.PUBLISH, Roles.READ_OWN), null));

    assertTrue(
        made.text().matches("hk_[a-z2-7]{12}_[A-Za-z0-9_-]{43}"), "the form that is documented");
    Caller caller = keys.authenticate(made.text());
    assertEquals("maria", caller.name());
    assertEquals("7", caller.tenant());
    assertEquals(Set.of(Roles.PUBLISH, Roles.READ_OWN), caller.roles());
    assertEquals(Credential.Kind.API_KEY, caller.credential().kind());
    assertNull(caller.credential().expires());
    assertEquals(text("SELECT id FROM api_key_secret"), caller.credential().id());
  }

  @Test
  void readsEverythingInItsOwnName_whenNothingElseIsSaid() {
    Caller caller = keys.authenticate(made("billing").text());

    assertEquals("key:billing", caller.name());
    assertEquals(Set.of(Roles.READ_ALL), caller.roles());
    assertNull(caller.tenant());
  }

  /** Red when the secret was stored as it is. */
  @Test
  void keepsOnlyAHash() throws IOException {
    ApiKey.Made made = made("billing");
    String rotated = keys.rotate(made.key().id(), Duration.ofDays(1)).orElseThrow().text();
    assertFalse(made.toString().contains(made.text().substring(16)));
    keys.authenticate(made.text());

    String secret = made.text().substring(16);
    assertNowhereInTheFiles(rotated.substring(16), Secret.hash(secret));
    assertNowhereInTheFiles(secret, Secret.hash(secret));
  }

  @Test
  void refusesWhatDoesNotFit() {
    Instant now = clock.instant();
    assertRefusedFor("name", () -> made(""));
    assertRefusedFor("name", () -> made("a\0b"));
    assertRefusedFor("name", () -> made("x".repeat(129)));
    assertRefusedFor("name", () -> made("\ud800"));
    assertRefusedFor("owner", () -> keys.make(new ApiKey.Wish("k", "a\nb", null, Set.of(), null)));
    assertRefusedFor("tenant", () -> keys.make(new ApiKey.Wish("k", null, "", Set.of(), null)));
    assertRefusedFor(
        "roles", () -> keys.make(new ApiKey.Wish("k", null, null, Set.of("root"), null)));
    assertRefusedFor(
        "roles",
        () -> keys.make(new ApiKey.Wish("k", null, null, Set.of(Roles.ADMIN, "a,b"), null)));
    assertRefusedFor("expires", () -> keys.make(expiring(now)));
    assertRefusedFor("expires", () -> keys.make(expiring(Instant.MIN)));
    assertRefusedFor("expires", () -> keys.make(expiring(Instant.MAX)));
    assertEquals(List.of(), keys.all(null, 1), "nothing was made");
  }

  @Test
  void takesNamesThatLookLikeSql() {
    for (String name : List.of("x'; DROP TABLE api_key; --", ":id <ids> ? \\", "日本 🛰")) {
      ApiKey.Made made = made(name);
      assertEquals("key:" + name, keys.authenticate(made.text()).name());
      assertEquals(name, keys.find(made.key().id()).orElseThrow().name());
    }
  }

  /** Red with the text that a record has by itself. */
  @Test
  void noTextOfAStoredKeyHasTheHash() {
    ApiKey.Made made = made("k");
    String found = new ApiKeyTable(database).find(made.key().id()).orElseThrow().toString();
    assertTrue(found.contains("hash=***"), found);
    assertFalse(found.contains(text("SELECT hash FROM api_key_secret")), found);
  }

  // Presenting.

  @Test
  void rubbishIsNoKey() {
    ApiKey.Made made = made("k");
    for (String rubbish : RUBBISH) {
      assertEquals(UNKNOWN, refusal(() -> keys.authenticate(rubbish)));
      assertEquals(Optional.empty(), keys.find(rubbish));
      assertFalse(keys.revoke(rubbish));
      assertEquals(Optional.empty(), keys.rotate(rubbish, Duration.ZERO));
      assertEquals(List.of(), keys.all(rubbish, 10));
    }
    String upper = made.text().substring(0, 15).toUpperCase(java.util.Locale.ROOT);
    assertEquals(UNKNOWN, refusal(() -> keys.authenticate(upper + made.text().substring(15))));
    assertEquals(UNKNOWN, refusal(() -> keys.authenticate(made.text() + " ")));
    keys.authenticate(made.text());
  }

  @Test
  void tenThousandWrongKeysLetNobodyIn_andKeepNobodyOut() {
    ApiKey.Made made = made("k");
    for (int i = 0; i < 10_000; i++) {
      String id = i % 2 == 0 ? made.key().id() : Secret.makeId();
      String wrong = "hk_" + id + "_" + Secret.make();
      assertEquals(UNKNOWN, refusal(() -> keys.authenticate(wrong)));
    }
    assertEquals("key:k", keys.authenticate(made.text()).name());
  }

  @Test
  void anotherKeysSecretIsWrong() {
    ApiKey.Made one = made("one");
    ApiKey.Made other = made("other");
    String mixed = one.text().substring(0, 16) + other.text().substring(16);
    assertEquals(UNKNOWN, refusal(() -> keys.authenticate(mixed)));
  }

  // Ending.

  @Test
  void expires() {
    Instant end = clock.instant().plusSeconds(60);
    ApiKey.Made made = keys.make(expiring(end));
    assertEquals(end, keys.authenticate(made.text()).credential().expires());
    wait(Duration.ofMillis(59_999));
    keys.authenticate(made.text());
    wait(Duration.ofMillis(1));
    assertTrue(refusal(() -> keys.authenticate(made.text())).contains("expired"));
  }

  /** Red when a revocation left what was remembered. */
  @Test
  void isRevokedHereAtOnce_andElsewhereWithinASecond() {
    ApiKeys elsewhere = new ApiKeys(another(), clock, ticker);
    ApiKey.Made made = made("k");
    keys.authenticate(made.text());
    elsewhere.authenticate(made.text());

    assertTrue(keys.revoke(made.key().id()));
    assertTrue(refusal(() -> keys.authenticate(made.text())).contains("revoked"));
    wait(Duration.ofMillis(1_001));
    assertTrue(refusal(() -> elsewhere.authenticate(made.text())).contains("revoked"));
    assertFalse(keys.revoke(made.key().id()), "once");
    assertEquals(
        clock.instant().minusMillis(1_001), keys.find(made.key().id()).orElseThrow().revoked());
  }

  /** Red when the reason was told before the secret was compared. */
  @Test
  void tellsHowAKeyEndedOnlyToWhoKnowsTheSecret() {
    ApiKey.Made revoked = made("k");
    keys.revoke(revoked.key().id());
    ApiKey.Made expired = keys.make(expiring(clock.instant().plusSeconds(1)));
    wait(Duration.ofSeconds(2));
    for (ApiKey.Made made : List.of(revoked, expired)) {
      String guess = made.text().substring(0, 16) + Secret.make();
      assertEquals(UNKNOWN, refusal(() -> keys.authenticate(guess)));
      assertNotEquals(UNKNOWN, refusal(() -> keys.authenticate(made.text())));
    }
  }

  /** Red when a revocation left what was remembered. */
  @Test
  void nobodyGetsInAfterARevocation_howeverManyLookAtTheTime() throws Exception {
    for (int round = 0; round < 20; round++) {
      ApiKey.Made made = made("k");
      AtomicBoolean isRevoked = new AtomicBoolean();
      Callable<Boolean> presenting =
          () -> {
            while (!isRevoked.get()) {
              try {
                keys.authenticate(made.text());
              } catch (InvalidCredentialException e) {
                return true;
              }
            }
            refusal(() -> keys.authenticate(made.text()));
            return true;
          };
      Callable<Boolean> revoking =
          () -> {
            boolean wasRevoked = keys.revoke(made.key().id());
            isRevoked.set(true);
            return wasRevoked;
          };
      for (Future<Boolean> each : together(List.of(presenting, presenting, revoking))) {
        assertTrue(each.get());
      }
    }
  }

  // Rotating.

  /** Red when only the newest secret was compared. */
  @Test
  void oldAndNewTextAreGoodDuringTheOverlap() {
    ApiKey.Made old = made("k");
    keys.authenticate(old.text());
    ApiKey.Made rotated = keys.rotate(old.key().id(), Duration.ofMinutes(10)).orElseThrow();

    assertEquals(old.text().substring(0, 16), rotated.text().substring(0, 16));
    assertEquals(
        clock.instant().plusSeconds(600), keys.authenticate(old.text()).credential().expires());
    assertNull(keys.authenticate(rotated.text()).credential().expires());
    assertNotEquals(
        keys.authenticate(old.text()).credential().id(),
        keys.authenticate(rotated.text()).credential().id());

    wait(Duration.ofMinutes(10));
    assertTrue(refusal(() -> keys.authenticate(old.text())).contains("rotated"));
    keys.authenticate(rotated.text());
  }

  @Test
  void oldTextEndsAtOnce_withoutOverlap() {
    ApiKey.Made old = made("k");
    keys.authenticate(old.text());
    ApiKey.Made rotated = keys.rotate(old.key().id(), Duration.ZERO).orElseThrow();
    assertTrue(refusal(() -> keys.authenticate(old.text())).contains("rotated"));
    keys.authenticate(rotated.text());
  }

  /** Red when the second rotation moved the first one's end. */
  @Test
  void noRotationProlongsAnEarlierOnesEnd() {
    ApiKey.Made old = made("k");
    keys.rotate(old.key().id(), Duration.ofMinutes(1));
    keys.rotate(old.key().id(), Duration.ofDays(1));
    assertEquals(
        clock.instant().plusSeconds(60), keys.authenticate(old.text()).credential().expires());
  }

  @Test
  void credentialEndsWithTheKey_whenThatIsBeforeTheOverlap() {
    Instant end = clock.instant().plusSeconds(60);
    ApiKey.Made old = keys.make(expiring(end));
    ApiKey.Made rotated = keys.rotate(old.key().id(), Duration.ofDays(1)).orElseThrow();
    assertEquals(end, keys.authenticate(old.text()).credential().expires());
    assertEquals(end, keys.authenticate(rotated.text()).credential().expires());
  }

  @Test
  void refusesARotationThatMakesNoSense() {
    ApiKey.Made made = made("k");
    String id = made.key().id();
    assertRefusedFor("overlap", () -> keys.rotate(id, Duration.ofSeconds(-1)));
    assertRefusedFor("overlap", () -> keys.rotate(id, Duration.ofSeconds(Long.MAX_VALUE)));
    assertEquals(Optional.empty(), keys.rotate("aaaaaaaaaaaa", Duration.ZERO));
    keys.authenticate(made.text());

    keys.revoke(id);
    assertRefusedFor("id", () -> keys.rotate(id, Duration.ZERO));
    ApiKey.Made expiring = keys.make(expiring(clock.instant().plusSeconds(1)));
    wait(Duration.ofSeconds(1));
    assertRefusedFor("id", () -> keys.rotate(expiring.key().id(), Duration.ZERO));
    assertEquals("2", text("SELECT count(*) FROM api_key_secret"));
  }

  @Test
  void hasSoManyTextsAndNoMore() {
    String id = made("k").key().id();
    for (int i = 1; i < ApiKeys.SECRETS_LIMIT; i++) {
      keys.rotate(id, Duration.ofDays(1));
    }
    assertRefusedFor("overlap", () -> keys.rotate(id, Duration.ofDays(1)));
    assertTrue(keys.rotate(id, Duration.ZERO).isPresent());
    wait(Duration.ofDays(31));
    assertTrue(keys.rotate(id, Duration.ofDays(1)).isPresent());
    assertEquals("2", text("SELECT count(*) FROM api_key_secret"), "old ones are forgotten");
  }

  // Listing.

  @Test
  void listsTheNewestFirst_pageByPage() {
    assertEquals(List.of(), keys.all(null, 100));
    for (int i = 0; i < 10; i++) {
      made("k" + i);
      if (i % 3 == 0) {
        wait(Duration.ofSeconds(1));
      }
    }
    List<ApiKey> whole = keys.all(null, 100);
    assertEquals("k0", whole.get(9).name());
    assertEquals(
        Set.of("k7", "k8", "k9"),
        Set.of(whole.get(0).name(), whole.get(1).name(), whole.get(2).name()),
        "made in the same moment");
    List<ApiKey> paged = new ArrayList<>();
    @Nullable String after = null;
    List<ApiKey> page = keys.all(null, 3);
    while (!page.isEmpty()) {
      assertTrue(page.size() <= 3);
      paged.addAll(page);
      after = page.get(page.size() - 1).id();
      page = keys.all(after, 3);
    }
    assertEquals(whole, paged);
    assertEquals(10, new HashSet<>(paged).size());
    assertEquals(List.of(), keys.all("aaaaaaaaaaaa", 3), "after an id that there is not");
    assertThrows(IllegalArgumentException.class, () -> keys.all(null, -1));
  }

  // Last use.

  @Test
  void writesTheLastUseDown_onceAMinute() {
    ApiKey.Made made = made("k");
    assertEquals(0, keys.flushLastUsed());
    Instant first = clock.instant();
    keys.authenticate(made.text());
    assertNull(lastUsed(made), "not with the request");
    assertEquals(1, keys.flushLastUsed());
    assertEquals(first, lastUsed(made));

    wait(Duration.ofSeconds(30));
    keys.authenticate(made.text());
    assertEquals(0, keys.flushLastUsed());
    assertEquals(first, lastUsed(made));

    wait(Duration.ofSeconds(30));
    assertEquals(1, keys.flushLastUsed());
    assertEquals(first.plusSeconds(30), lastUsed(made));
    wait(Duration.ofMinutes(2));
    assertEquals(0, keys.flushLastUsed(), "used no more");
  }

  @Test
  void lastUseNeverGoesBack_whenTwoNodesSayIt() {
    ApiKeys elsewhere = new ApiKeys(another(), clock, ticker);
    ApiKey.Made made = made("k");
    keys.authenticate(made.text());
    wait(Duration.ofSeconds(5));
    elsewhere.authenticate(made.text());
    elsewhere.flushLastUsed();
    keys.flushLastUsed();
    assertEquals(clock.instant(), lastUsed(made));
  }

  private @Nullable Instant lastUsed(ApiKey.Made made) {
    return keys.find(made.key().id()).orElseThrow().lastUsed();
  }

  @Test
  void lastUseIsTriedAgain_whenTheDatabaseDidNotAnswer() {
    ApiKey.Made made = made("k");
    keys.authenticate(made.text());
    change("ALTER TABLE api_key RENAME TO elsewhere");
    assertThrows(DatabaseUnavailableException.class, keys::flushLastUsed);
    keys.authenticate(made.text());
    change("ALTER TABLE elsewhere RENAME TO api_key");
    assertEquals(1, keys.flushLastUsed());
  }
}
