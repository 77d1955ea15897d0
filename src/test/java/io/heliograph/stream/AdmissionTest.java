package io.heliograph.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.access.Caller;
import io.heliograph.access.ClientAddress;
import io.heliograph.access.Credential;
import io.heliograph.sse.FakeServletOutput;
import io.heliograph.stream.Admission.Slot;
import io.heliograph.stream.RefusedConnectionException.Limit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each limit by itself, all of them at once, and that every slot comes back. */
class AdmissionTest {
  private TestHub hub = new TestHub();

  @AfterEach
  void keepsTheServletContract() {
    hub.close();
  }

  private Admission admission(String... settings) {
    hub = new TestHub(settings);
    return hub.registry.admission();
  }

  private static Peer peer(
      @Nullable String user, @Nullable String tenant, String network, @Nullable String session) {
    Caller caller = new Caller(user, Set.of(), tenant, Credential.NONE);
    return new Peer(caller, new ClientAddress(network, network), "", session);
  }

  private static Peer from(String network) {
    return peer(null, null, network, null);
  }

  private static Peer of(@Nullable String user, String session) {
    return peer(user, null, "10.0.0.1", session);
  }

  private CompletableFuture<Slot> ask(Peer peer) {
    StreamPolicy policy = hub.registry.channel(TestHub.ALL).policy();
    return hub.registry.admission().admit(policy, peer).toCompletableFuture();
  }

  private Slot admitted(Peer peer) {
    CompletableFuture<Slot> answer = ask(peer);
    assertTrue(answer.isDone(), "it waits");
    return answer.join();
  }

  private RefusedConnectionException refused(Peer peer) {
    return refusal(ask(peer));
  }

  private static RefusedConnectionException refusal(CompletableFuture<Slot> answer) {
    assertTrue(answer.isDone(), "it waits");
    CompletionException failure = assertThrows(CompletionException.class, answer::join);
    return assertInstanceOf(RefusedConnectionException.class, failure.getCause());
  }

  /** Opens a connection that has a slot. */
  private TestClient open(Peer peer) {
    Slot slot = admitted(peer);
    return new TestClient(hub).connect(hub.registry.channel(TestHub.ALL), StartAt.NOW, peer, slot);
  }

  @Test
  void refusesOneTooManyToTheStream() {
    admission("limit.connections", "2");
    admitted(from("10.0.0.1"));
    admitted(from("10.0.0.2"));

    RefusedConnectionException refusal = refused(from("10.0.0.3"));

    assertEquals(Limit.STREAM, refusal.limit());
    assertEquals(
        "stream 's': one more connection to it was refused, there are 2 and that is the limit;"
            + " close one or raise heliograph.stream.s.limit.connections",
        refusal.getMessage());
    assertFalse(refusal.retryAfter().isZero());
  }

  @Test
  void refusesOneTooManyOfAnAddress_andNobodyElse() {
    admission("limit.per-address", "2");
    admitted(from("10.0.0.1"));
    admitted(from("10.0.0.1"));

    assertEquals(Limit.ADDRESS, refused(from("10.0.0.1")).limit());
    admitted(from("10.0.0.2"));
  }

  @Test
  void refusesOneTooManyOfAUser_butCountsNobodyWithoutAName() {
    admission("limit.per-user", "1");
    admitted(peer("maria", null, "10.0.0.1", null));

    assertEquals(Limit.USER, refused(peer("maria", null, "10.0.0.2", null)).limit());
    admitted(from("10.0.0.1"));
    admitted(from("10.0.0.1"));
  }

  /** Neither fills the other's places, nor takes its session over by its name. */
  @Test
  void tellsUsersOfOneNameApart_byTheirTenants() {
    admission("limit.per-user", "1", "limit.per-session", "1", "session.excess", "replace");
    admitted(peer("maria", "7", "10.0.0.1", "s"));

    admitted(peer("maria", "8", "10.0.0.1", "s"));
    assertEquals(Limit.USER, refused(peer("maria", "7", "10.0.0.1", "t")).limit());
  }

  @Test
  void refusesOneTooManyOfATenant() {
    admission("limit.per-tenant", "1");
    admitted(peer("maria", "7", "10.0.0.1", null));

    assertEquals(Limit.TENANT, refused(peer("jan", "7", "10.0.0.2", null)).limit());
    admitted(peer("ada", "8", "10.0.0.2", null));
  }

  @Test
  void countsNoLimitThatIsZero() {
    admission("limit.connections", "0", "limit.per-address", "0", "limit.per-user", "0");
    for (int i = 0; i < 500; i++) {
      admitted(peer("maria", null, "10.0.0.1", "x"));
    }
    assertEquals(500, hub.registry.admission().admitted());
  }

  @Test
  void givesASlotBack_once() {
    admission("limit.per-address", "1");
    Slot slot = admitted(from("10.0.0.1"));
    slot.release();
    slot.release();

    admitted(from("10.0.0.1"));
    assertEquals(Limit.ADDRESS, refused(from("10.0.0.1")).limit());
    assertEquals(1, hub.registry.admission().admitted());
  }

  @Test
  void givesTheSlotBack_howeverTheConnectionEnds() {
    admission("limit.per-address", "1");
    open(from("10.0.0.1")).disconnect();
    open(from("10.0.0.1")).subscription().end(io.heliograph.metrics.Ending.MAX_LIFETIME);
    hub.settle();
    open(from("10.0.0.1")).sink().abort();
    open(from("10.0.0.1")).sink().close();
    hub.settle();

    assertEquals(0, hub.registry.admission().admitted());
  }

  @Test
  void allowsARate_andSaysWhenToTryAgain() {
    admission("rate.per-address", "3/1m");
    for (int i = 0; i < 3; i++) {
      admitted(from("10.0.0.1")).release();
    }
    hub.nanos.addAndGet(Duration.ofSeconds(20).toNanos());

    RefusedConnectionException refusal = refused(from("10.0.0.1"));
    assertEquals(Limit.RATE, refusal.limit());
    assertEquals(Duration.ofSeconds(40), refusal.retryAfter());
    admitted(from("10.0.0.2"));
    hub.nanos.addAndGet(Duration.ofSeconds(40).toNanos());
    admitted(from("10.0.0.1"));
  }

  /**
   * Seen red: the rate was asked after the limits, and a client could knock as often as it liked.
   */
  @Test
  void countsTriesThatALimitRefused() {
    admission("rate.per-address", "3/1m", "limit.per-address", "1");
    admitted(from("10.0.0.1"));
    assertEquals(Limit.ADDRESS, refused(from("10.0.0.1")).limit());
    assertEquals(Limit.ADDRESS, refused(from("10.0.0.1")).limit());

    assertEquals(Limit.RATE, refused(from("10.0.0.1")).limit());
  }

  @Test
  void replacesTheSameCallersConnection_andNoOthers() {
    admission("limit.per-session", "1", "session.excess", "replace");
    TestClient old = open(of("maria", "x"));
    TestClient stranger = open(of("jan", "x"));

    TestClient newer = open(of("maria", "x"));
    hub.settle();

    assertFalse(old.isConnected());
    assertTrue(old.text().contains("retry: 86400000"), old.text());
    assertTrue(old.text().contains("{\"reason\":\"replaced\"}"), old.text());
    assertTrue(stranger.isConnected());
    assertTrue(newer.isConnected());
    assertEquals(2, hub.registry.admission().admitted());
  }

  @Test
  void replacesOneThatHadNotYetBegun() {
    admission("limit.per-session", "1", "session.excess", "replace");
    Peer maria = of("maria", "x");
    Slot early = admitted(maria);
    TestClient newer = open(maria);
    TestClient late =
        new TestClient(hub).connect(hub.registry.channel(TestHub.ALL), StartAt.NOW, maria, early);
    hub.settle();

    assertFalse(late.isConnected());
    assertTrue(newer.isConnected());
    assertEquals(1, hub.registry.admission().admitted());
  }

  @Test
  void refusesASessionsExcess_onceTheOldOneHasProvedAlive() {
    admission("limit.per-session", "1");
    TestClient old = open(of(null, "x"));

    CompletableFuture<Slot> answer = ask(of(null, "x"));
    assertFalse(answer.isDone(), "the old one was not asked");
    waitForProbes();

    assertEquals(Limit.SESSION, refusal(answer).limit());
    assertTrue(old.text().contains(":heartbeat"), old.text());
    assertTrue(old.isConnected());
  }

  /** Seen red: a client that came back before its loss was noticed was refused by its own ghost. */
  @Test
  void takesTheSessionsPlace_ofOneThatProvesDead() {
    admission("limit.per-session", "1");
    TestClient old = open(of(null, "x"));
    vanish(old);

    CompletableFuture<Slot> answer = ask(of(null, "x"));
    waitForProbes();
    hub.settle();

    assertTrue(answer.isDone());
    answer.join();
    assertEquals(1, hub.registry.admission().admitted());
  }

  /** Seen red: the address was full with its ghosts, and nobody was probed. */
  @Test
  void takesTheSessionsPlace_alsoWhereItsAddressIsFull() {
    admission("limit.per-session", "1", "limit.per-address", "2");
    TestClient old = open(of(null, "a"));
    open(of(null, "b"));
    vanish(old);

    CompletableFuture<Slot> answer = ask(of(null, "a"));
    assertEquals(Limit.ADDRESS, refused(of(null, "c")).limit());
    waitForProbes();

    assertTrue(answer.isDone(), "it waits for ever");
    answer.join();
    assertEquals(2, hub.registry.admission().admitted());
  }

  /** Seen red: the stream was full, and the newcomer could not have its own place. */
  @Test
  void replacesTheSameCallersConnection_alsoWhereTheStreamIsFull() {
    admission("limit.per-session", "1", "session.excess", "replace", "limit.connections", "1");
    TestClient old = open(of("maria", "x"));
    assertEquals(Limit.STREAM, refused(of("jan", "x")).limit());

    TestClient newer = open(of("maria", "x"));
    hub.settle();

    assertFalse(old.isConnected());
    assertTrue(newer.isConnected());
    assertEquals(1, hub.registry.admission().admitted());
  }

  /**
   * Seen red: five thousand of one session waited together, and each had the old one written to.
   */
  @Test
  void letsOneOfASessionWait_andRefusesTheNext() {
    admission("limit.per-session", "1");
    open(of(null, "x"));
    CompletableFuture<Slot> first = ask(of(null, "x"));

    assertEquals(Limit.SESSION, refused(of(null, "x")).limit());
    waitForProbes();
    assertEquals(Limit.SESSION, refusal(first).limit());
    assertFalse(ask(of(null, "x")).isDone(), "the next may wait again");
  }

  /** Seen red: nobody turned the wheel any more, and the request was never answered. */
  @Test
  void tellsWhoeverWaits_whenTheNodeStops() {
    admission("limit.per-session", "1");
    open(of(null, "x"));
    CompletableFuture<Slot> answer = ask(of(null, "x"));
    hub.registry.refuseNew();
    hub.settle();

    assertTrue(answer.isDone(), "it waits for ever");
    CompletionException failure = assertThrows(CompletionException.class, answer::join);
    assertInstanceOf(StoppingException.class, failure.getCause());
  }

  @Test
  void refusesOneTooManyOnTheNode() {
    hub = new TestHub();
    Admission admission = new Admission(1, hub.wheel, Runnable::run, hub.nanos::get);
    StreamPolicy policy = hub.registry.channel(TestHub.ALL).policy();
    admission.admit(policy, from("10.0.0.1")).toCompletableFuture().join();

    RefusedConnectionException refusal =
        refusal(admission.admit(policy, from("10.0.0.2")).toCompletableFuture());
    assertEquals(Limit.NODE, refusal.limit());
    assertTrue(
        String.valueOf(refusal.getMessage()).endsWith(" raise heliograph.limit.connections"));
  }

  /** Seen red: once a ghost was found, nobody was ever probed for that session again. */
  @Test
  void takesTheSessionsPlace_againAndAgain() {
    admission("limit.per-session", "1");
    TestClient old = open(of(null, "x"));
    for (int i = 0; i < 3; i++) {
      vanish(old);
      CompletableFuture<Slot> answer = ask(of(null, "x"));
      assertFalse(answer.isDone(), "refused at once, time " + i);
      waitForProbes();
      assertTrue(answer.isDone(), "it waits for ever");
      old =
          new TestClient(hub)
              .connect(
                  hub.registry.channel(TestHub.ALL), StartAt.NOW, of(null, "x"), answer.join());
      hub.settle();
    }
    assertEquals(1, hub.registry.admission().admitted());
  }

  /** The client goes without a word: the first write to it succeeds, the second does not. */
  private static void vanish(TestClient client) {
    FakeServletOutput output = client.output();
    output.failing(
        FakeServletOutput.Touch.WRITE,
        output.count(FakeServletOutput.Touch.WRITE) + 2,
        new IOException("reset"),
        FakeServletOutput.Reports.BOTH);
  }

  private void waitForProbes() {
    for (int i = 0; i < 4; i++) {
      hub.pass(Duration.ofSeconds(2));
      hub.settle();
    }
  }

  /** Not seen red: without the lock the moment between looking and taking was never hit. */
  @Test
  void isExact_whenTwoHundredAskAtOnce() throws Exception {
    admission("limit.connections", "30", "limit.per-address", "20", "limit.per-user", "7");
    Map<String, AtomicInteger> held = new ConcurrentHashMap<>();
    Set<String> exceeded = ConcurrentHashMap.newKeySet();
    ExecutorService threads = Executors.newFixedThreadPool(20);
    try {
      for (int round = 0; round < 20; round++) {
        CountDownLatch all = new CountDownLatch(20);
        List<Future<List<Slot>>> tries = new ArrayList<>();
        for (int t = 0; t < 20; t++) {
          String user = "u" + t % 5;
          tries.add(
              threads.submit(
                  () -> {
                    all.countDown();
                    all.await();
                    List<Slot> got = new ArrayList<>();
                    List<String> addresses = new ArrayList<>();
                    for (int i = 0; i < 10; i++) {
                      String address = "10.0.0." + i % 2;
                      CompletableFuture<Slot> answer = ask(peer(user, null, address, null));
                      if (!answer.isCompletedExceptionally()) {
                        got.add(answer.join());
                        addresses.add(address);
                        check(held, exceeded, "all", 30);
                        check(held, exceeded, address, 20);
                        check(held, exceeded, user, 7);
                      }
                      if (ThreadLocalRandom.current().nextInt(4) == 0 && !got.isEmpty()) {
                        countOut(held, addresses.remove(0), user);
                        got.remove(0).release();
                      }
                    }
                    addresses.forEach(address -> countOut(held, address, user));
                    return got;
                  }));
        }
        List<Slot> left = new ArrayList<>();
        for (Future<List<Slot>> one : tries) {
          left.addAll(one.get());
        }
        assertEquals(Set.of(), exceeded);
        assertEquals(left.size(), hub.registry.admission().admitted());
        left.forEach(Slot::release);
        assertEquals(0, hub.registry.admission().admitted());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Before the slot is given back, so that there are never more than are counted. */
  private static void countOut(Map<String, AtomicInteger> held, String address, String user) {
    for (String what : List.of("all", address, user)) {
      count(held, what).decrementAndGet();
    }
  }

  private static AtomicInteger count(Map<String, AtomicInteger> held, String what) {
    return held.computeIfAbsent(what, name -> new AtomicInteger());
  }

  private static void check(
      Map<String, AtomicInteger> held, Set<String> exceeded, String what, int limit) {
    if (count(held, what).incrementAndGet() > limit) {
      exceeded.add(what);
    }
  }
}
