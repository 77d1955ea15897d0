package io.heliograph.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** How far guessing gets. */
class LoginThrottleTest {
  private final HandClock clock = new HandClock();
  private final LoginThrottle throttle = new LoginThrottle(clock::nanos);

  private boolean isOpen(String name, String network) {
    try {
      throttle.begin(name, network);
      return true;
    } catch (TooManyLoginsException e) {
      return false;
    }
  }

  private int opened(int tries, IntFunction<String> name, IntFunction<String> network) {
    int opened = 0;
    for (int i = 0; i < tries; i++) {
      opened += isOpen(name.apply(i), network.apply(i)) ? 1 : 0;
    }
    return opened;
  }

  private TooManyLoginsException refused(String name, String network) {
    return assertThrows(TooManyLoginsException.class, () -> throttle.begin(name, network));
  }

  @Test
  void opensFiveTimesForANameFromANetwork_thenWhenItSaid() {
    assertEquals(5, opened(20, i -> "maria", i -> "10.0.0.1"));

    for (int i = 0; i < 10; i++) {
      Duration retryAfter = refused("maria", "10.0.0.1").retryAfter();
      clock.advance(retryAfter.minusNanos(1));
      assertFalse(isOpen("maria", "10.0.0.1"));
      clock.advance(Duration.ofNanos(1));
      assertTrue(isOpen("maria", "10.0.0.1"), "after the time that it gave");
    }
  }

  @Test
  void saysWhatWasSeen_theLimitAndTheRemedy_andNoName() {
    opened(5, i -> "maria", i -> "10.0.0.1");

    assertEquals(
        "too many logins failed from your network for this name; the limit is 5 and then one each"
            + " 40 s; try again in 40 s, with the right password",
        refused("maria", "10.0.0.1").getMessage());
  }

  @Test
  void opensExactlyFiveTimes_toTwoHundredAtOnce() throws Exception {
    assertEquals(5, openedAtOnce(i -> "maria", i -> "10.0.0.1"));
    assertEquals(25, openedAtOnce(i -> "name-" + i, i -> "10.0.0.1"), "thirty of the network");
    assertEquals(100, openedAtOnce(i -> "root", i -> "10.0.1." + i));
  }

  private int openedAtOnce(IntFunction<String> name, IntFunction<String> network) throws Exception {
    int threads = 200;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CountDownLatch ready = new CountDownLatch(threads);
      List<Future<Boolean>> answers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        String itsName = name.apply(i);
        String itsNetwork = network.apply(i);
        answers.add(
            pool.submit(
                () -> {
                  ready.countDown();
                  ready.await();
                  return isOpen(itsName, itsNetwork);
                }));
      }
      int opened = 0;
      for (Future<Boolean> answer : answers) {
        opened += answer.get() ? 1 : 0;
      }
      return opened;
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void givesBackWhatSucceeded_once() {
    for (int i = 0; i < 1_000; i++) {
      throttle.begin("maria", "10.0.0.1").succeeded();
    }
    opened(4, i -> "maria", i -> "10.0.0.1");
    LoginThrottle.Attempt last = throttle.begin("maria", "10.0.0.1");
    last.succeeded();
    last.succeeded();
    last.succeeded();

    assertEquals(1, opened(5, i -> "maria", i -> "10.0.0.1"));
  }

  @Test
  void aSuccessDoesNotForgiveOthersFailures() {
    opened(29, i -> "name-" + i, i -> "10.0.0.1");
    throttle.begin("mallory", "10.0.0.1").succeeded();

    assertEquals(1, opened(10, i -> "other-" + i, i -> "10.0.0.1"));
  }

  @Test
  void stopsANetworkThatInventsNames_andKeepsLittleOfThem() {
    assertEquals(30, opened(10_000, i -> "name-" + i, i -> "10.0.0.1"));
    assertEquals(30 + 1 + 30, throttle.remembered());

    assertTrue(isOpen("name-1", "10.0.0.2"), "others are not concerned");
    clock.advance(refused("new", "10.0.0.1").retryAfter());
    assertTrue(isOpen("new", "10.0.0.1"));
  }

  @Test
  void refusedTriesTakeNothing() {
    opened(5, i -> "maria", i -> "10.0.0.1");
    opened(1_000, i -> "maria", i -> "10.0.0.1");

    assertEquals(25, opened(100, i -> "name-" + i, i -> "10.0.0.1"));
  }

  @Test
  void stopsGuessingFromManyNetworks() {
    assertEquals(100, opened(1_000, i -> "maria", i -> "10.0." + i / 250 + "." + i % 250));

    clock.advance(Duration.ofHours(1));
    assertEquals(100, opened(1_000, i -> "maria", i -> "10.1." + i / 250 + "." + i % 250));
  }

  /** Seen from the owner's side: a stranger must not lock him out where he usually is. */
  @Test
  void letsANameInFromItsOwnNetwork_whileStrangersGuessIt() {
    throttle.begin("maria", "192.0.2.7").succeeded();
    opened(1_000, i -> "maria", i -> "10.0." + i / 250 + "." + i % 250);

    assertFalse(isOpen("maria", "198.51.100.1"), "a network where nobody knows her");
    assertEquals(5, opened(20, i -> "maria", i -> "192.0.2.7"), "guessing has a limit there, too");
  }

  @Test
  void oneNetworkCannotLockANameOutForOthers() {
    for (int second = 0; second < 10_000; second++) {
      isOpen("maria", "10.0.0.1");
      clock.advance(Duration.ofSeconds(1));
    }

    assertTrue(isOpen("maria", "198.51.100.1"));
  }

  @Test
  void spellingsOfANameAreOneName() {
    List<String> spellings = List.of("maria", "Maria", "MARIA", " maria ", "\uFF4Daria");

    assertEquals(5, opened(50, i -> spellings.get(i % 5), i -> "10.0.0.1"));
    assertEquals(5, opened(50, i -> "x".repeat(1_000_000) + i, i -> "10.0.0.2"));
  }

  @Test
  void forgetsWhatIsFullAgain() {
    opened(30, i -> "name-" + i, i -> "10.0.0.1");
    clock.advance(Duration.ofHours(2));

    assertEquals(0, throttle.remembered());
  }

  @Test
  void holdsNoMoreThanItsBound_whateverTheNetworks() {
    opened(
        LoginThrottle.REMEMBERED + 20_000,
        i -> "name-" + i,
        i -> "2001:db8:" + Integer.toHexString(i) + "::/64");

    assertTrue(throttle.remembered() <= 3L * LoginThrottle.REMEMBERED, throttle.remembered() + "");
  }
}
