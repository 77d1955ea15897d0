package io.heliograph.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.database.Database;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins: known on every node and after a restart, until they end. */
class SessionsTest extends StoreFixture {
  private static final String REFUSED = "the session was ended or never was; log in again";

  private static final Duration LONGEST_LIFE = Duration.ofHours(24);

  private final Tenants tenants = new Tenants(database, ticker);
  private final Sessions sessions = sessions(database, Duration.ofMinutes(30));

  SessionsTest(@TempDir Path directory) {
    super(directory);
  }

  private Sessions sessions(Database on, Duration idleTimeout) {
    return new Sessions(on, clock, tenants, idleTimeout, LONGEST_LIFE);
  }

  private Sessions.Opened opened() {
    return sessions.open("maria", Set.of(Roles.READ_OWN));
  }

  @Test
  void isKnownByItsText_onEveryNode() {
    Sessions.Opened opened =
        sessions.open("maria", Set.of(Roles.READ_OWN, "a role of another application, perhaps"));
    assertTrue(opened.text().matches("[A-Za-z0-9_-]{43}"));
    for (Sessions each : new Sessions[] {sessions, sessions(another(), Duration.ofMinutes(30))}) {
      Caller caller = each.authenticate(opened.text());
      assertEquals("maria", caller.name());
      assertEquals(Set.of(Roles.READ_OWN), caller.roles());
      assertEquals(new Credential(Credential.Kind.SESSION, opened.id(), null), caller.credential());
    }
  }

  @Test
  void hasTheTenantOfNow() {
    Sessions.Opened opened = opened();
    assertNull(sessions.authenticate(opened.text()).tenant());
    tenants.put("7", "maria");
    assertEquals("7", sessions.authenticate(opened.text()).tenant());
    tenants.put("8", "maria");
    assertEquals("8", sessions.authenticate(opened.text()).tenant());
  }

  /** Red when the text was stored as it is. */
  @Test
  void keepsOnlyAHash() throws IOException {
    Sessions.Opened opened = opened();
    assertFalse(opened.toString().contains(opened.text()));
    assertNowhereInTheFiles(opened.text(), Secret.hash(opened.text()));
  }

  @Test
  void ends() {
    Sessions.Opened opened = opened();
    Sessions.Opened another = opened();
    assertTrue(sessions.end(opened.text()));
    assertEquals(REFUSED, refusal(() -> sessions.authenticate(opened.text())));
    assertFalse(sessions.end(opened.text()));
    sessions.authenticate(another.text());
  }

  @Test
  void endAllEndsOneUsersOnly() {
    Sessions.Opened opened = opened();
    opened();
    Sessions.Opened joes = sessions.open("joe", Set.of());
    assertEquals(2, sessions.endAll("maria"));
    assertEquals(REFUSED, refusal(() -> sessions.authenticate(opened.text())));
    sessions.authenticate(joes.text());
    assertEquals(0, sessions.endAll("maria"));
  }

  /** Red when the name was compared as it was written. */
  @Test
  void endAllEndsEverySpelling() {
    for (String name : List.of("maria", "Maria", "MARIA ", "ma\u00ADria", "\uFF4Daria")) {
      sessions.open(name, Set.of());
    }
    sessions.open("mario", Set.of());
    assertEquals(5, sessions.endAll("mAria"));
    assertEquals("mario", text("SELECT group_concat(name) FROM session"));
  }

  /** Red when a name had as many as it liked. */
  @Test
  void oneTooManyEndsTheOldest_ofThatNameOnly() {
    Sessions.Opened joes = sessions.open("joe", Set.of());
    List<Sessions.Opened> marias = new ArrayList<>();
    for (int i = 0; i < Sessions.LIMIT; i++) {
      wait(Duration.ofSeconds(1));
      marias.add(sessions.open(i % 2 == 0 ? "maria" : "Maria", Set.of()));
    }
    for (Sessions.Opened each : marias) {
      sessions.authenticate(each.text());
    }
    wait(Duration.ofSeconds(1));
    sessions.open("MARIA", Set.of());
    assertEquals(REFUSED, refusal(() -> sessions.authenticate(marias.get(0).text())));
    sessions.authenticate(marias.get(1).text());
    sessions.authenticate(joes.text());
    assertEquals("51", text("SELECT count(*) FROM session"));
  }

  /** The watch would take what is gone for revoked. */
  @Test
  void thoseThatTimedOutCountForNothing_andStayToBeSeen() {
    for (int i = 0; i < Sessions.LIMIT; i++) {
      opened();
    }
    wait(Duration.ofMinutes(30));
    Sessions.Opened opened = opened();
    sessions.authenticate(opened.text());
    assertEquals("51", text("SELECT count(*) FROM session"));
  }

  @Test
  void timesOut_whenNothingIsHeard() {
    Sessions.Opened opened = opened();
    wait(Duration.ofMinutes(30).minusMillis(1));
    String early = opened.text();
    sessions.authenticate(early);
    wait(Duration.ofMinutes(30));
    assertTrue(refusal(() -> sessions.authenticate(early)).contains("timed out"));
  }

  /** Red when requests did not put the end off. */
  @Test
  void livesAsLongAsItsUserIsHeardOf() {
    Sessions.Opened opened = opened();
    for (int i = 0; i < 500; i++) {
      wait(Duration.ofSeconds(59));
      sessions.authenticate(opened.text());
    }
  }

  /** Red when requests put the end off for ever. */
  @Test
  void livesNoLongerThanItsLongestLife() {
    Sessions.Opened opened = opened();
    for (int i = 1; i < 24 * 4; i++) {
      wait(Duration.ofMinutes(15));
      sessions.authenticate(opened.text());
    }
    wait(Duration.ofMinutes(15).minusMillis(1));
    sessions.authenticate(opened.text());
    wait(Duration.ofMillis(1));
    String refusal = refusal(() -> sessions.authenticate(opened.text()));
    assertTrue(refusal.contains("longest life of one is PT24H"), refusal);
    wait(Duration.ofMinutes(90));
    assertEquals(1, sessions.forgetTimedOut());
  }

  /** Red when the failure was the request's, too. */
  @Test
  void isGood_whereItsLastRequestCannotBeWrittenDown() throws Throwable {
    Sessions.Opened opened = opened();
    wait(Duration.ofMinutes(2));
    String before = text("SELECT last_seen FROM session");
    whileLocked(() -> assertEquals("maria", sessions.authenticate(opened.text()).name()));
    assertEquals(before, text("SELECT last_seen FROM session"));
    sessions.authenticate(opened.text());
    assertEquals(String.valueOf(clock.millis()), text("SELECT last_seen FROM session"));
  }

  /** Red when the last request was written once a minute, whatever the time-out. */
  @Test
  void aShortTimeOutIsRightToWithinFiveSeconds() {
    for (int seconds : new int[] {1, 10, 30, 60, 100}) {
      Duration idleTimeout = Duration.ofSeconds(seconds);
      Sessions each = sessions(database, idleTimeout);
      Sessions.Opened opened = each.open("maria", Set.of());
      // The last of these is the one that is written down the least.
      for (int i = 0; i < 77; i++) {
        wait(idleTimeout.dividedBy(21));
        each.authenticate(opened.text());
      }
      Duration tolerance = Duration.ofSeconds(5);
      if (idleTimeout.compareTo(tolerance) > 0) {
        wait(idleTimeout.minus(tolerance));
        each.authenticate(opened.text());
      }
      wait(idleTimeout);
      assertThrows(InvalidCredentialException.class, () -> each.authenticate(opened.text()));
    }
  }

  /** Red when every request was written down. */
  @Test
  void writesDownOnceAMinuteAtMost() {
    Sessions.Opened opened = opened();
    String before = text("SELECT last_seen FROM session");
    wait(Duration.ofSeconds(59));
    sessions.authenticate(opened.text());
    assertEquals(before, text("SELECT last_seen FROM session"));
    wait(Duration.ofSeconds(1));
    sessions.authenticate(opened.text());
    assertEquals(String.valueOf(clock.millis()), text("SELECT last_seen FROM session"));
  }

  @Test
  void forgetsWhatTimedOut_anHourLater() {
    opened();
    wait(Duration.ofMinutes(89));
    assertEquals(0, sessions.forgetTimedOut());
    wait(Duration.ofMinutes(1));
    assertEquals(1, sessions.forgetTimedOut());
  }

  @Test
  void rubbishIsNoSession() {
    Sessions.Opened opened = opened();
    for (String rubbish : RUBBISH) {
      assertEquals(REFUSED, refusal(() -> sessions.authenticate(rubbish)));
      assertFalse(sessions.end(rubbish));
      assertEquals(0, sessions.endAll(rubbish));
    }
    assertRefusedFor("name", () -> sessions.open("a\0b", Set.of()));
    sessions.authenticate(opened.text());
  }

  @Test
  void hasAnIdleTimeOut() {
    assertThrows(IllegalArgumentException.class, () -> sessions(database, Duration.ZERO));
    assertThrows(
        IllegalArgumentException.class, () -> sessions(database, LONGEST_LIFE.plusMillis(1)));
  }
}
