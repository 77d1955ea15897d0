package io.heliograph.stream;

import static io.heliograph.stream.TestHub.ALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.access.Caller;
import io.heliograph.access.ClientAddress;
import io.heliograph.access.Credential;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import io.heliograph.metrics.Ending;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Channels that come and go, and that nothing is lost or held when they do.
 *
 * <p>Seen red, every {@code atEveryPoint}: a test hub that let nobody come between.
 */
class StreamRegistryTest {
  private static final int STUCK = 10;

  /** More than a sink writes at once, so that one can be stuck within it. */
  private static final long BLOCK_BYTES = 40_000;

  private TestHub hub = new TestHub("heartbeat.every", "0");

  @AfterEach
  void keepsTheServletContract() {
    hub.close();
  }

  // Credentials.

  private TestClient connectAs(String name, Credential credential) {
    Caller caller = new Caller(name, Set.of(), null, credential);
    Peer peer = new Peer(caller, new ClientAddress("-", "-"), "", null);
    TestClient client =
        new TestClient(hub).connect(hub.registry.channel(ALL), StartAt.NOW, peer, null);
    hub.settle();
    client.takeBlocks();
    return client;
  }

  @Test
  void knowsTheCredentialsInUse_eachOnce_whileTheyAre() {
    Credential key = new Credential(Credential.Kind.API_KEY, "7", null);
    Credential token = new Credential(Credential.Kind.TOKEN, "", Instant.EPOCH);
    connectAs("a", key);
    connectAs("a", key);
    connectAs("nobody", Credential.NONE);
    TestClient leaving = connectAs("b", token);
    assertEquals(Set.of(key, token), hub.registry.open().credentials());

    leaving.disconnect();

    assertEquals(Set.of(key), hub.registry.open().credentials());
  }

  @Test
  void endsWhoseCredentialEnded_withItsReason_andNobodyElse() {
    Credential expiring = new Credential(Credential.Kind.TOKEN, "", Instant.EPOCH);
    TestClient revoked = connectAs("a", new Credential(Credential.Kind.API_KEY, "7", null));
    TestClient expired = connectAs("b", expiring);
    TestClient other = connectAs("a", new Credential(Credential.Kind.API_KEY, "8", null));

    hub.registry
        .open()
        .endWhere(
            caller ->
                caller.credential().id().equals("7")
                    ? Ending.REVOKED
                    : caller.credential().equals(expiring) ? Ending.TOKEN_EXPIRED : null);

    assertEquals(
        List.of("retry: 86400000", "event: bye\ndata: {\"reason\":\"revoked\"}"),
        revoked.takeBlocks());
    assertEquals(List.of("event: bye\ndata: {\"reason\":\"token_expired\"}"), expired.takeBlocks());
    assertFalse(revoked.isConnected() || expired.isConnected());
    hub.publish();
    assertEquals(1, other.takeBlocks().size());
    assertTrue(other.isConnected());
  }

  // A batch underway.

  /**
   * Seen red: a channel that the follower had not found while it dealt a batch out was not woken
   * for it either, so a newcomer that had read the old {@code applied} slept over the batch.
   */
  @Test
  void losesNothing_whenAChannelComesWhileABatchIsDealtOut_atEveryPoint() {
    int place = 0;
    for (boolean isReached = true; isReached; place++) {
      hub = new TestHub("heartbeat.every", "0");
      EventId start = hub.log.head();
      List<EventId> batch = hub.appendMany(3, "k");
      List<TestClient> clients = new ArrayList<>();
      isReached =
          hub.followWith(
              place,
              () -> {
                clients.add(hub.connect(ALL));
                clients.add(hub.connect(ALL.withKey("k"), start));
                clients.add(hub.connect(ALL.withTypes(Set.of("t"))));
              });
      hub.settle();
      if (isReached) {
        for (TestClient client : clients) {
          EventId first = client.ids().get(0);
          List<EventId> expected = batch.stream().filter(id -> id.isAfter(first)).toList();
          assertEquals(expected, client.events(), "place " + place);
        }
      }
      hub.close();
    }
    assertTrue(place > 1, "no place was reached");
  }

  @Test
  void losesNothing_whenABatchIsDealtOutWhileOneRegisters_atEveryPoint() {
    int place = 0;
    for (boolean isReached = true; isReached; place++) {
      hub = new TestHub("heartbeat.every", "0");
      EventId start = hub.publish("k");
      List<EventId> batch = hub.appendMany(3, "k");
      TestClient back = new TestClient(hub);
      TestClient fresh = new TestClient(hub);
      isReached =
          hub.with(
              place,
              hub::follow,
              () -> {
                back.connect(ALL.withKey("k"), new StartAt(start.toString(), null));
                fresh.connect(ALL, StartAt.NOW);
              });
      hub.follow();
      hub.settle();
      assertEquals(batch, back.events(), "place " + place);
      EventId first = fresh.ids().get(0);
      assertEquals(hub.log.ids(ALL, first), fresh.events(), "place " + place);
      hub.close();
    }
    assertTrue(place > 1, "no place was reached");
  }

  /** Seen red: a ring that was opened before the follower could find it. */
  @Test
  void losesNothing_whenABatchIsDealtOutWhileAChannelComesBack_atEveryPoint() {
    int place = 0;
    for (boolean isReached = true; isReached; place++) {
      hub = new TestHub("heartbeat.every", "0");
      Channel kept = hub.registry.channel(ALL);
      hub.pass(Duration.ofSeconds(31));
      EventId start = hub.publish("k");
      List<EventId> batch = hub.appendMany(3, "k");
      TestClient back = new TestClient(hub);
      isReached =
          hub.with(
              place, hub::follow, () -> back.connect(kept, new StartAt(start.toString(), null)));
      hub.follow();
      hub.settle();
      assertEquals(batch, back.events(), "place " + place);
      hub.close();
    }
    assertTrue(place > 1, "no place was reached");
  }

  @Test
  void losesNothing_whenOneJoinsAChannelWhileABatchIsDealtOut_atEveryPoint() {
    int place = 0;
    for (boolean isReached = true; isReached; place++) {
      hub = new TestHub("heartbeat.every", "0");
      TestClient first = hub.connect(ALL);
      List<EventId> batch = hub.appendMany(3, "k");
      List<TestClient> clients = new ArrayList<>();
      isReached = hub.followWith(place, () -> clients.add(hub.connect(ALL)));
      hub.settle();
      assertEquals(batch, first.events());
      for (TestClient client : clients) {
        EventId from = client.ids().get(0);
        List<EventId> expected = batch.stream().filter(id -> id.isAfter(from)).toList();
        assertEquals(expected, client.events(), "place " + place);
      }
      hub.close();
    }
    assertTrue(place > 1, "no place was reached");
  }

  /** Seen red: as above; the poll waited its whole time for what was there. */
  @Test
  void wakesAPoll_whoseChannelCameWhileABatchWasDealtOut_atEveryPoint() {
    int place = 0;
    for (boolean isReached = true; isReached; place++) {
      hub = new TestHub("heartbeat.every", "0");
      EventId after = hub.append("k");
      hub.follow();
      hub.append("k");
      AtomicInteger woken = new AtomicInteger();
      isReached =
          hub.followWith(
              place, () -> hub.poll(ALL, after, Duration.ofHours(1), woken::incrementAndGet));
      if (isReached) {
        assertEquals(1, woken.get(), "place " + place);
      }
      hub.close();
    }
    assertTrue(place > 1, "no place was reached");
  }

  /** Seen red: channels that a failed batch had touched were never woken again. */
  @Test
  void goesOn_afterABatchThatCouldNotBeDealtOut() {
    TestClient client = hub.connect(ALL);
    List<EventId> published = new ArrayList<>(hub.appendMany(3));
    for (int place = 0; place < 4; place++) {
      int failing = place;
      assertThrows(
          IllegalStateException.class,
          () ->
              hub.followWith(
                  failing,
                  () -> {
                    throw new IllegalStateException("a poisonous event");
                  }));
      hub.registry.invalidate(hub.log.head());
      hub.registry.wake(hub.log.head());
      hub.settle();
      published.addAll(hub.publishMany(2));
      hub.settle();
      assertEquals(published, client.events(), "place " + place);
      published.addAll(hub.appendMany(3));
    }
    hub.follow();
    assertEquals(published, client.events());
  }

  // Polls.

  @Test
  void wakesAPollOnce_whenItsViewHasMore() {
    AtomicInteger woken = new AtomicInteger();
    EventId after = hub.publish("k");
    hub.poll(ALL.withKey("k"), after, Duration.ofSeconds(25), woken::incrementAndGet);
    hub.publish("other");
    assertEquals(0, woken.get());
    hub.publish("k");
    hub.publish("k");
    hub.pass(Duration.ofMinutes(1));

    assertEquals(1, woken.get());
    assertNothingIsHeld();
  }

  @Test
  void wakesAPollAtOnce_whenThereIsMoreAlready() {
    AtomicInteger woken = new AtomicInteger();
    EventId after = hub.log.head();
    hub.publish();
    hub.poll(ALL, after, Duration.ofSeconds(25), woken::incrementAndGet);

    assertEquals(1, woken.get());
  }

  @Test
  void wakesAPoll_whenItsTimeIsOver() {
    AtomicInteger woken = new AtomicInteger();
    hub.poll(ALL, hub.log.head(), Duration.ofSeconds(25), woken::incrementAndGet);
    hub.pass(Duration.ofSeconds(24));
    assertEquals(0, woken.get());
    hub.pass(Duration.ofSeconds(1));

    assertEquals(1, woken.get());
  }

  @Test
  void wakesEveryPoll_whenTheNodeStops() {
    AtomicInteger woken = new AtomicInteger();
    hub.poll(ALL, hub.log.head(), Duration.ofSeconds(25), woken::incrementAndGet);
    hub.registry.refuseNew();
    boolean waits = hub.poll(ALL, hub.log.head(), Duration.ofHours(1), woken::incrementAndGet);

    assertEquals(1, woken.get());
    assertFalse(waits, "whoever was woken by the stop would be woken again and again");
    assertNothingIsHeld();
  }

  // What is held.

  @Test
  void holdsNothing_afterEverybodyHasGone() {
    hub = new TestHub("heartbeat.every", "5s", "max-lifetime", "1h", "idle-timeout", "1h");
    List<TestClient> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      View view = i % 2 == 0 ? ALL.withKey("k" + i) : ALL.withTypes(java.util.Set.of("t", "u"));
      clients.add(hub.connect(view));
    }
    hub.publishMany(5, "k2", "k4");
    for (int i = 0; i < 20; i++) {
      TestClient client = clients.get(i);
      switch (i % 4) {
        case 0 -> client.disconnect();
        case 1 -> client.sink().close();
        case 2 -> client.sink().abort();
        default -> client.subscription().end(Ending.CLOSED_BY_ADMIN);
      }
    }
    hub.settle();

    assertEquals(0, hub.registry.connections());
    hub.pass(Duration.ofSeconds(31));
    assertNothingIsHeld();
    assertEquals(20, hub.metrics.opened());
    assertEquals(0, hub.metrics.active());
  }

  /** Seen red: the deadline that cuts one who does not take its farewell outlived it by 5 s. */
  @Test
  void leavesNoDeadlineBehind_whenAConnectionTookItsFarewell() {
    hub = new TestHub("max-lifetime", "1h");
    hub.connect(ALL);
    TestClient gone = hub.connect(ALL);
    TestClient told = hub.connect(ALL);
    TestClient slow = new TestClient(hub).taking(10).connect(ALL, StartAt.NOW);
    hub.settle();
    int before = hub.wheel.pending();
    gone.disconnect();
    int afterOne = hub.wheel.pending();
    told.subscription().end(Ending.REVOKED);

    assertFalse(told.isConnected());
    assertEquals(before - 1, afterOne);
    assertEquals(before - 2, hub.wheel.pending());
    slow.subscription().end(Ending.REVOKED);
    assertEquals(before - 1, hub.wheel.pending(), "it may not take its farewell");
    slow.open();
    assertEquals(before - 3, hub.wheel.pending());
  }

  @Test
  void keepsARingWarm_forOneWhoComesBackWithinTheGrace() {
    TestClient client = hub.connect(ALL);
    hub.publishMany(3);
    EventId last = client.lastId().orElseThrow();
    client.disconnect();
    hub.pass(Duration.ofSeconds(20));
    List<EventId> missed = hub.publishMany(3);
    TestClient back = hub.connect(ALL, last);

    assertEquals(missed, back.events());
    assertEquals(0, hub.log.reads().size());
    hub.pass(Duration.ofSeconds(30));
    assertEquals(missed, back.events());
    EventId next = hub.publish();
    assertEquals(next, back.lastId().orElseThrow());
  }

  @Test
  void getsEverything_whenTheChannelWentAndCameAnew() {
    TestClient client = hub.connect(ALL);
    EventId last = hub.publish();
    Channel old = hub.registry.channel(ALL);
    client.disconnect();
    hub.pass(Duration.ofSeconds(31));
    List<EventId> missed = hub.publishMany(3);
    TestClient back = hub.connect(ALL, last);
    missed = new ArrayList<>(missed);
    missed.addAll(hub.publishMany(3));

    assertNotSame(old, hub.registry.channel(ALL));
    assertEquals(missed, back.events());
  }

  @Test
  void givesTheSameChannel_toAllOfOneView() {
    assertSame(hub.registry.channel(ALL), hub.registry.channel(View.of("s")));
  }

  @Test
  void forgetsAChannelThatNobodyEverUsed() {
    hub.registry.channel(ALL);
    hub.pass(Duration.ofSeconds(31));

    assertNothingIsHeld();
  }

  @Test
  void knowsNoOtherStream() {
    assertThrows(UnknownStreamException.class, () -> hub.registry.channel(View.of("nobody")));
  }

  /**
   * Whose socket took whole blocks holds none, however far the ring has moved on.
   *
   * <p>Seen red: a queue of blocks, shared or copied, for each subscriber.
   */
  @Test
  void keepsNoBlock_forOneWhoIsStuckBetweenTwo() {
    hub = new TestHub("buffer.events", "100", "heartbeat.every", "0");
    hub.connect(ALL);
    List<TestClient> stuck = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      stuck.add(new TestClient(hub).taking(60).connect(ALL, StartAt.NOW));
    }
    hub.settle();
    List<EventId> published = hub.publishMany(5_000);

    assertTrue(hub.registry.ringBytes() < 100 * 250, hub.registry.ringBytes() + " bytes");
    assertHolds(hub.registry.ringBytes());
    assertEquals(0, hub.pool.waiting(), "they wait for their sockets, not for pages");
    assertEquals(0, hub.log.reads().size());
    stuck.forEach(TestClient::open);
    stuck.forEach(client -> assertEquals(published, client.events()));
  }

  /**
   * A stuck live subscriber keeps the block that it is at, and the ring moves on. Each is stuck
   * within another block: a sink writes at most 32 KiB at once, so it has begun one it has not
   * ended.
   *
   * <p>Seen red: likewise; and evicted blocks that stayed in the ring's array.
   */
  @Test
  void keepsOneBlockAtMost_forOneWhoIsStuck() {
    hub = new TestHub("buffer.events", "10", "heartbeat.every", "0");
    hub.setEventBytes((int) BLOCK_BYTES);
    List<TestClient> stuck = new ArrayList<>();
    for (int i = 0; i < STUCK; i++) {
      long upToItsBlock = (long) i * BLOCK_BYTES + 10_000;
      stuck.add(new TestClient(hub).taking(upToItsBlock).connect(ALL, StartAt.NOW));
    }
    hub.settle();
    List<EventId> published = hub.publishMany(40);

    long held = assertHolds(hub.registry.ringBytes() + STUCK * (BLOCK_BYTES + 100));
    assertTrue(held > (10 + STUCK) * BLOCK_BYTES, "what they hold was not seen: " + held);
    assertEquals(0, hub.pool.waiting(), "they wait for their sockets, not for pages");
    assertEquals(0, hub.log.reads().size());
    stuck.forEach(TestClient::open);
    stuck.forEach(client -> assertEquals(published, client.events()));
  }

  @Test
  void staysWithinTheRingBudget_withTwentyThousandChannels() {
    hub.close();
    hub = new TestHub(1 << 20, "heartbeat.every", "0");
    TestClient all = hub.connect(ALL);
    for (int i = 0; i < 20_000; i++) {
      hub.registry.channel(ALL.withKey("k" + i));
    }
    List<EventId> published = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      published.add(hub.publish("k" + i));
      assertTrue(hub.registry.ringBytes() <= 1 << 20);
    }

    assertEquals(published, all.events());
    assertTrue(hub.registry.ringBytes() > 900_000, hub.registry.ringBytes() + " bytes");
  }

  /** Asserts that the hub holds at most so many bytes of blocks, and its own few constants. */
  private long assertHolds(long mostBytes) {
    long held = HeldBytes.by(hub.registry);
    assertTrue(held <= mostBytes + 10_000, held + " bytes are held, not " + mostBytes);
    return held;
  }

  private void assertNothingIsHeld() {
    hub.pass(Duration.ofSeconds(31));
    assertEquals(0, hub.registry.connections());
    assertEquals(0, hub.registry.channels(), "channels");
    assertEquals(0, hub.registry.ringBytes(), "bytes in rings");
    assertEquals(0, hub.wheel.pending(), "deadlines");
  }
}
