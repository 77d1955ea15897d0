package io.heliograph.stream;

import static io.heliograph.stream.TestHub.ALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.access.Caller;
import io.heliograph.access.ClientAddress;
import io.heliograph.access.Credential;
import io.heliograph.metrics.Refusal;
import io.heliograph.stream.Arrivals.Place;
import io.heliograph.stream.RefusedConnectionException.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may wait, and that every place comes back. */
class OpenPollsTest {
  private static final Duration WAIT = Duration.ofSeconds(25);

  private TestHub hub = new TestHub();

  @AfterEach
  void keepsTheServletContract() {
    hub.close();
  }

  private void use(String... settings) {
    hub = new TestHub(settings);
  }

  private static Peer peer(@Nullable String user, @Nullable String tenant, String network) {
    Caller caller = new Caller(user, Set.of(), tenant, Credential.NONE);
    return new Peer(caller, new ClientAddress(network, network), "", null);
  }

  private static Peer from(String network) {
    return peer(null, null, network);
  }

  private StreamPolicy policy() {
    return hub.registry.channel(ALL).policy();
  }

  private Place admit(Peer peer) {
    return hub.registry.arrivals().admit(policy(), peer);
  }

  private RefusedConnectionException refused(Peer peer) {
    return assertThrows(RefusedConnectionException.class, () -> admit(peer));
  }

  private int taken() {
    return hub.registry.admission().polls();
  }

  // Shares.

  @Test
  void refusesOneTooManyOfAnAddress_andNobodyElse() {
    use("limit.per-address", "2");
    admit(from("10.0.0.1"));
    admit(from("10.0.0.1"));

    RefusedConnectionException refusal = refused(from("10.0.0.1"));

    assertEquals(Limit.POLLS_OF_ADDRESS, refusal.limit());
    assertEquals(Refusal.LIMIT_ADDRESS, refusal.refusal());
    assertFalse(refusal.isServers());
    assertFalse(refusal.retryAfter().isZero());
    assertEquals(
        "stream 's': one more waiting request from 10.0.0.1 was refused, there are 2 and that is"
            + " the limit; ask without wait or raise heliograph.stream.s.limit.per-address",
        refusal.getMessage());
    admit(from("10.0.0.2"));
    assertEquals(3, taken(), "who was refused holds a place");
  }

  @Test
  void refusesOneTooManyOfAUser_wherever_butCountsNobodyWithoutAName() {
    use("limit.per-user", "1");
    admit(peer("maria", "7", "10.0.0.1"));

    RefusedConnectionException refusal = refused(peer("maria", "7", "10.0.0.2"));

    assertEquals(Limit.POLLS_OF_USER, refusal.limit());
    assertEquals(Refusal.LIMIT_USER, refusal.refusal());
    assertFalse(refusal.isServers());
    admit(peer("maria", "8", "10.0.0.1"));
    admit(peer("jan", "7", "10.0.0.1"));
    admit(from("10.0.0.1"));
    admit(from("10.0.0.1"));
  }

  @Test
  void countsWaitsApartFromConnections() {
    use("limit.per-address", "1", "limit.connections", "1");
    Peer peer = from("10.0.0.1");
    hub.registry.admission().admit(policy(), peer).toCompletableFuture().join();

    admit(peer);

    assertEquals(Limit.POLLS_OF_ADDRESS, refused(peer).limit());
    assertEquals(1, hub.registry.admission().admitted());
  }

  @Test
  void takesTenThousand_whereNoShareIsSet_andNotOneMore() {
    use("limit.per-address", "0", "limit.per-user", "0");
    Peer peer = peer("maria", null, "10.0.0.1");
    Place first = admit(peer);
    for (int i = 1; i < 10_000; i++) {
      admit(peer);
    }

    RefusedConnectionException refusal = refused(from("10.0.0.2"));

    assertEquals(Refusal.BUSY, refusal.refusal());
    assertTrue(refusal.isServers());
    assertEquals(
        "stream 's': one more waiting request on this node was refused, there are 10000 and that"
            + " is the limit; ask without wait",
        refusal.getMessage());
    first.release();
    admit(from("10.0.0.2"));
  }

  /** The share of one address leaves the others theirs. */
  @Test
  void servesOthers_whileOneAddressHoldsAllItMay() {
    use("limit.per-address", "100");
    for (int i = 0; i < 100; i++) {
      admit(from("10.0.0.1")).onNext(ALL, hub.log.head(), WAIT, () -> {});
    }
    assertEquals(Limit.POLLS_OF_ADDRESS, refused(from("10.0.0.1")).limit());
    AtomicInteger woken = new AtomicInteger();

    assertTrue(admit(from("10.0.0.2")).onNext(ALL, hub.log.head(), WAIT, woken::incrementAndGet));
    hub.publish();

    assertEquals(1, woken.get());
  }

  // Places that come back.

  @Test
  void holdsThePlace_untilItIsReleased_once() {
    use("limit.per-address", "2");
    Place one = admit(from("10.0.0.1"));
    admit(from("10.0.0.1"));
    one.release();
    one.release();
    assertEquals(1, taken());

    admit(from("10.0.0.1"));
    assertEquals(Limit.POLLS_OF_ADDRESS, refused(from("10.0.0.1")).limit());
  }

  @Test
  void givesThePlaceBack_atAnEvent_atTheTimeOut_andAtTheStop() {
    use("limit.per-address", "1");
    waitInAPlace();
    hub.publish();
    assertEquals(0, taken(), "an event");

    waitInAPlace();
    hub.pass(WAIT);
    assertEquals(0, taken(), "the time-out");

    waitInAPlace();
    hub.registry.refuseNew();
    assertEquals(0, taken(), "the stop");
  }

  private void waitInAPlace() {
    assertTrue(hub.poll(ALL, hub.log.head(), WAIT, () -> {}));
    assertEquals(1, taken());
    assertEquals(Limit.POLLS_OF_ADDRESS, refused(Peer.LOCAL).limit());
  }

  // Many at once.

  @Test
  void isExact_whenTwoHundredAskAtOnce() throws Exception {
    use("limit.per-address", "20", "limit.per-user", "7");
    ExecutorService threads = Executors.newFixedThreadPool(200);
    try {
      for (int round = 0; round < 20; round++) {
        List<Place> ofAddress = admittedOf200(threads, t -> from("10.0.0.1"));
        List<Place> ofUser = admittedOf200(threads, t -> peer("u", null, "10.0.1." + t));

        assertEquals(20, ofAddress.size());
        assertEquals(7, ofUser.size());
        assertEquals(27, taken());
        ofAddress.forEach(Place::release);
        ofUser.forEach(Place::release);
        assertEquals(0, taken());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private List<Place> admittedOf200(ExecutorService threads, IntFunction<Peer> who)
      throws Exception {
    Arrivals arrivals = hub.registry.arrivals();
    StreamPolicy policy = policy();
    CyclicBarrier all = new CyclicBarrier(200);
    Queue<Place> places = new ConcurrentLinkedQueue<>();
    List<Callable<Boolean>> tries = new ArrayList<>();
    for (int t = 0; t < 200; t++) {
      Peer peer = who.apply(t);
      tries.add(
          () -> {
            all.await();
            try {
              return places.add(arrivals.admit(policy, peer));
            } catch (RefusedConnectionException e) {
              return false;
            }
          });
    }
    for (Future<Boolean> one : threads.invokeAll(tries)) {
      one.get();
    }
    return List.copyOf(places);
  }
}
