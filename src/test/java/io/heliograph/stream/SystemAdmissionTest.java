package io.heliograph.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.access.Caller;
import io.heliograph.access.ClientAddress;
import io.heliograph.access.Credential;
import io.heliograph.access.Roles;
import io.heliograph.settings.Settings;
import io.heliograph.stream.Admission.Slot;
import io.heliograph.stream.RefusedConnectionException.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The systems' limits, at the number that each was promised and at one more. */
class SystemAdmissionTest {
  private static final Caller KEY =
      new Caller("key", Set.of(Roles.READ_ALL), null, Credential.NONE);

  private final TestHub hub = new TestHub();
  private final List<Slot> slots = new ArrayList<>();

  @AfterEach
  void everySlotComesBack() {
    slots.forEach(Slot::release);
    assertEquals(0, hub.registry.admission().admitted());
    hub.close();
  }

  private CompletableFuture<Slot> ask(
      String system, Caller caller, String network, @Nullable String session) {
    StreamPolicy policy =
        StreamPolicies.read(Settings.of(Map.of("heliograph.systems", system))).require(system);
    Peer peer = new Peer(caller, new ClientAddress(network, network), "", session);
    return hub.registry.admission().admit(policy, peer).toCompletableFuture();
  }

  private Slot admitted(String system, Caller caller, String network, @Nullable String session) {
    CompletableFuture<Slot> answer = ask(system, caller, network, session);
    assertTrue(answer.isDone(), "it waits");
    slots.add(answer.join());
    return answer.join();
  }

  private RefusedConnectionException refused(
      String system, Caller caller, String network, @Nullable String session) {
    CompletableFuture<Slot> answer = ask(system, caller, network, session);
    assertTrue(answer.isDone(), "it waits");
    RefusedConnectionException refusal =
        assertInstanceOf(
            RefusedConnectionException.class,
            assertThrows(CompletionException.class, answer::join).getCause());
    assertFalse(refusal.retryAfter().isZero());
    return refusal;
  }

  /** With one key for all of them, as those have who were promised the hundred. */
  @Test
  void observability_hasNoRoomForTheHundredAndFirst_whichIsTheServersFault() {
    for (int i = 0; i < 100; i++) {
      admitted("observability", KEY, "10.0.0." + i, null);
    }

    RefusedConnectionException refusal = refused("observability", KEY, "10.0.1.1", null);
    assertEquals(Limit.STREAM, refusal.limit());
    assertTrue(refusal.isServers());
    assertNull(refusal.sentence());

    slots.get(0).release();
    admitted("observability", KEY, "10.0.1.2", null);
  }

  @Test
  void observability_refusesTheSixthOfAnAddress() {
    for (int i = 0; i < 5; i++) {
      admitted("observability", KEY, "10.0.0.1", null);
    }

    RefusedConnectionException refusal = refused("observability", KEY, "10.0.0.1", null);
    assertEquals(Limit.ADDRESS, refusal.limit());
    assertFalse(refusal.isServers());

    slots.get(0).release();
    admitted("observability", KEY, "10.0.0.1", null);
  }

  @Test
  void observability_refusesTheEleventhTryOfAnAddressInAMinute() {
    for (int i = 0; i < 10; i++) {
      admitted("observability", KEY, "10.0.0.1", null).release();
    }

    RefusedConnectionException refusal = refused("observability", KEY, "10.0.0.1", null);
    assertEquals(Limit.RATE, refusal.limit());
    assertFalse(refusal.isServers());
    assertEquals(Duration.ofMinutes(1), refusal.retryAfter());

    hub.nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    admitted("observability", KEY, "10.0.0.1", null);
  }

  @Test
  void jobs_refusesTheThirdOfAnAddress_inTheWordsItsClientsKnow() {
    admitted("jobs", Caller.ANONYMOUS, "10.0.0.1", "x");
    admitted("jobs", Caller.ANONYMOUS, "10.0.0.1", "y");

    RefusedConnectionException refusal = refused("jobs", Caller.ANONYMOUS, "10.0.0.1", "z");
    assertEquals(Limit.ADDRESS, refusal.limit());
    assertFalse(refusal.isServers());
    assertEquals("Too many SSE connections from this IP", refusal.sentence());
    assertTrue(String.valueOf(refusal.getMessage()).contains("limit.per-address"));

    slots.get(0).release();
    admitted("jobs", Caller.ANONYMOUS, "10.0.0.1", "z");
  }

  @Test
  void jobs_refusesTheSecondOfASession_inTheWordsItsClientsKnow() {
    admitted("jobs", Caller.ANONYMOUS, "10.0.0.1", "x");

    RefusedConnectionException refusal = refused("jobs", Caller.ANONYMOUS, "10.0.0.2", "x");
    assertEquals(Limit.SESSION, refusal.limit());
    assertFalse(refusal.isServers());
    assertEquals("Too many SSE connections for this session", refusal.sentence());

    slots.get(0).release();
    admitted("jobs", Caller.ANONYMOUS, "10.0.0.2", "x");
  }

  @Test
  void tasks_givesTheNewerTheRequestIdsPlace() {
    admitted("tasks", Caller.ANONYMOUS, "10.0.0.1", "r-1");
    admitted("tasks", Caller.ANONYMOUS, "10.0.0.2", "r-1");

    assertEquals(1, hub.registry.admission().admitted());
  }

  /** Of one user at one address: neither has a limit before the tenant's. */
  @Test
  void monitors_refusesTheTwoHundredAndFirstOfATenant_andNobodyOfAnother() {
    Caller maria = new Caller("maria", Set.of(Roles.READ_OWN), "a", Credential.NONE);
    for (int i = 0; i < 200; i++) {
      admitted("monitors", maria, "10.0.0.1", null);
    }

    RefusedConnectionException refusal = refused("monitors", maria, "10.0.0.1", null);
    assertEquals(Limit.TENANT, refusal.limit());
    assertFalse(refusal.isServers());
    admitted(
        "monitors",
        new Caller("jan", Set.of(Roles.READ_OWN), "b", Credential.NONE),
        "10.0.0.1",
        null);
  }
}
