package io.heliograph.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tickets: good once, for half a minute, wherever they are brought. */
class TicketsTest extends StoreFixture {
  private static final String REFUSED = "the ticket was used, has expired or never was";

  private final Tickets tickets = new Tickets(database, clock);

  TicketsTest(@TempDir Path directory) {
    super(directory);
  }

  private Caller caller(String name) {
    return caller(name, "7");
  }

  private Caller caller(String name, @Nullable String tenant) {
    return new Caller(
        name,
        Set.of(Roles.READ_OWN, Roles.PUBLISH),
        tenant,
        new Credential(Credential.Kind.SESSION, "s1", null));
  }

  @Test
  void givesTheCallerBack_withTheCredentialOfThen() {
    Instant end = clock.instant().plusSeconds(3600);
    List<Caller> callers =
        List.of(
            caller("maria"),
            new Caller("x'; DROP TABLE ticket; -- 🛰", Set.of(), null, credential(end)),
            new Caller(null, Set.of(Roles.ADMIN), null, credential(end)));
    for (Caller caller : callers) {
      String text = tickets.issue(caller);
      assertTrue(text.matches("ht_[A-Za-z0-9_-]{43}"), text);
      assertEquals(caller, tickets.redeem(text));
    }
  }

  private static Credential credential(Instant end) {
    return new Credential(Credential.Kind.TOKEN, "", end);
  }

  @Test
  void isGoodOnce() {
    String text = tickets.issue(caller("maria"));
    tickets.redeem(text);
    assertEquals(REFUSED, refusal(() -> tickets.redeem(text)));
  }

  @Test
  void isGoodForHalfAMinute() {
    String inTime = tickets.issue(caller("maria"));
    String late = tickets.issue(caller("maria"));
    wait(Duration.ofMillis(29_999));
    tickets.redeem(inTime);
    wait(Duration.ofMillis(1));
    assertEquals(REFUSED, refusal(() -> tickets.redeem(late)));
  }

  @Test
  void outlivesNoCredential() {
    Instant end = clock.instant().plusSeconds(5);
    String text = tickets.issue(new Caller("maria", Set.of(), null, credential(end)));
    wait(Duration.ofSeconds(5));
    assertEquals(REFUSED, refusal(() -> tickets.redeem(text)));
  }

  /** Red when redeeming read it and left it. */
  @Test
  void exactlyOneGetsIt_ofManyOnTwoNodes() throws Exception {
    Tickets elsewhere = new Tickets(another(), clock);
    for (int round = 0; round < 25; round++) {
      String text = tickets.issue(caller("maria"));
      List<Callable<Caller>> racing = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        racing.add(() -> tickets.redeem(text));
        racing.add(() -> elsewhere.redeem(text));
      }
      int winners = 0;
      for (Future<Caller> each : together(racing)) {
        winners += isRedeemed(each) ? 1 : 0;
      }
      assertEquals(1, winners);
    }
  }

  private static boolean isRedeemed(Future<Caller> future) throws InterruptedException {
    try {
      future.get();
      return true;
    } catch (ExecutionException e) {
      assertInstanceOf(InvalidCredentialException.class, e.getCause(), e::toString);
      return false;
    }
  }

  /** Red when the text was stored as it is. */
  @Test
  void keepsOnlyAHash() throws IOException {
    String secret = tickets.issue(caller("maria")).substring(3);
    assertNowhereInTheFiles(secret, Secret.hash(secret));
  }

  @Test
  void rubbishIsNoTicket() {
    String text = tickets.issue(caller("maria"));
    for (String rubbish : RUBBISH) {
      assertEquals(REFUSED, refusal(() -> tickets.redeem(rubbish)));
    }
    assertEquals(REFUSED, refusal(() -> tickets.redeem(text.substring(3))));
    assertEquals(REFUSED, refusal(() -> tickets.redeem("ht_" + Secret.make())));
    tickets.redeem(text);
  }

  /** Red when each text that was made up waited for the lock of those that write. */
  @Test
  void refusesWhatIsNoTicket_whileNobodyCanWrite() throws Throwable {
    String expired = tickets.issue(caller("maria"));
    wait(Tickets.LIFE);
    whileLocked(
        () -> {
          assertEquals(REFUSED, refusal(() -> tickets.redeem("ht_" + Secret.make())));
          assertEquals(REFUSED, refusal(() -> tickets.redeem(expired)));
        });
  }

  @Test
  void nobodyInParticularGetsNone() {
    assertThrows(NotAuthenticatedException.class, () -> tickets.issue(Caller.ANONYMOUS));
  }

  @Test
  void oneCallerHasSoManyAndNoMore() {
    for (int i = 0; i < Tickets.LIMIT; i++) {
      tickets.issue(caller("maria"));
    }
    TooManyTicketsException e =
        assertThrows(TooManyTicketsException.class, () -> tickets.issue(caller("maria")));
    assertTrue(String.valueOf(e.getMessage()).contains("1000"), e::getMessage);
    tickets.issue(caller("joe"));
    tickets.issue(caller("maria", "8"));
    tickets.issue(caller("maria", null));
    wait(Tickets.LIFE);
    tickets.issue(caller("maria"));
  }

  @Test
  void forgetsThoseThatNobodyUsed() {
    tickets.issue(caller("maria"));
    wait(Duration.ofSeconds(20));
    String young = tickets.issue(caller("maria"));
    assertEquals(0, tickets.forgetExpired());
    wait(Duration.ofSeconds(10));
    assertEquals(1, tickets.forgetExpired());
    tickets.redeem(young);
  }
}
