package io.heliograph.stream;

import static io.heliograph.stream.TestHub.ALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.EventId;
import io.heliograph.sse.TestEvent;
import jakarta.ws.rs.sse.SseEventSink;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A channel as anyone who knows JAX-RS expects a broadcaster to be. */
class BroadcasterTest {
  private final TestHub hub = new TestHub("heartbeat.every", "15s");
  private final Channel channel = hub.registry.channel(ALL);
  private final List<SseEventSink> closed = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();

  @AfterEach
  void keepsTheServletContract() {
    hub.close();
  }

  private ForeignSink registerForeign() {
    ForeignSink sink = new ForeignSink();
    channel.register(sink);
    hub.settle();
    return sink;
  }

  private void listen() {
    channel.onClose(closed::add);
    channel.onError((sink, failure) -> failures.add(failure));
  }

  // Register.

  /** Seen red: the second registration was swallowed, and held for ever. */
  @Test
  void refusesToRegisterOneOfOursTwice() {
    TestClient client = hub.connect(ALL);

    assertThrows(IllegalStateException.class, () -> channel.register(client.sink()));
    assertThrows(
        IllegalStateException.class,
        () -> hub.registry.channel(ALL.withKey("k")).register(client.sink()));
    assertEquals(1, hub.registry.connections());
    EventId next = hub.publish("k");
    assertEquals(List.of(next), client.events());
    client.disconnect();
    assertEquals(0, hub.registry.connections());
    assertEquals(0, channel.attached());
  }

  @Test
  void holdsNothing_ofASinkThatWasClosedBefore() {
    listen();
    var output = hub.output();
    var sink = output.sink(hub.nanos::get, hub.pause());
    sink.close();
    channel.register(sink);

    assertEquals(0, hub.registry.connections());
    assertEquals(0, channel.attached());
    assertEquals(List.of(sink), closed);
  }

  // Broadcast.

  @Test
  void broadcasts_toEverySink() {
    TestClient one = hub.connect(ALL);
    TestClient other = hub.connect(ALL);
    ForeignSink foreign = registerForeign();
    CompletableFuture<?> sent =
        channel.broadcast(TestEvent.of("hi", "there")).toCompletableFuture();
    hub.settle();

    assertTrue(sent.isDone() && !sent.isCompletedExceptionally());
    assertEquals(List.of("event: hi\ndata: there"), one.named("hi"));
    assertEquals(List.of("event: hi\ndata: there"), other.named("hi"));
    assertEquals(1, foreign.got.size());
  }

  /** Seen red: a blocking container sink was sent to on the broadcaster's caller. */
  @Test
  void broadcast_doesNotBlockOnAForeignSink() {
    ForeignSink foreign = registerForeign();
    CompletableFuture<?> sent =
        channel.broadcast(TestEvent.of("hi", "there")).toCompletableFuture();

    assertEquals(0, foreign.got.size());
    assertFalse(sent.isDone());
    hub.settle();
    assertTrue(sent.isDone());
  }

  @Test
  void broadcast_reportsASinkThatFails_andReachesTheOthers() {
    listen();
    TestClient client = hub.connect(ALL);
    ForeignSink foreign = registerForeign();
    foreign.failure = new IOException("broken");
    CompletableFuture<?> sent =
        channel.broadcast(TestEvent.of("hi", "there")).toCompletableFuture();
    hub.settle();

    assertTrue(sent.isDone() && !sent.isCompletedExceptionally());
    assertEquals(1, client.named("hi").size());
    assertEquals(List.of(foreign.failure), failures);
  }

  // OnClose, onError.

  @Test
  void tellsOnClose_onceForEachSink_whoeverEndedIt() {
    listen();
    TestClient gone = hub.connect(ALL);
    TestClient ended = hub.connect(ALL);
    gone.disconnect();
    ended.sink().close();

    assertEquals(List.of(gone.sink(), ended.sink()), closed);
    assertEquals(1, failures.size(), "the client that went away");
  }

  /** Seen red: the first listener's exception kept the others from being told. */
  @Test
  void tellsEveryListener_whateverAnotherThrows() {
    channel.onClose(
        sink -> {
          throw new IllegalStateException("a listener's bug");
        });
    listen();
    TestClient client = hub.connect(ALL);
    client.sink().close();

    assertEquals(List.of(client.sink()), closed);
    assertEquals(0, hub.registry.connections());
  }

  // Close.

  /** Seen red: onClose was told twice of each sink. */
  @Test
  void close_closesEverySink_andTellsOnce() {
    listen();
    TestClient client = hub.connect(ALL);
    ForeignSink foreign = registerForeign();
    channel.close();
    channel.close();

    assertFalse(client.isConnected());
    assertTrue(foreign.isClosed());
    assertEquals(2, closed.size());
    assertEquals(0, channel.attached());
    assertEquals(0, hub.registry.connections());
  }

  @Test
  void refusesEverything_afterClose() {
    channel.close();

    assertThrows(IllegalStateException.class, () -> channel.register(new ForeignSink()));
    assertThrows(IllegalStateException.class, () -> channel.broadcast(TestEvent.of("hi", "there")));
    assertThrows(IllegalStateException.class, () -> channel.onClose(sink -> {}));
    assertThrows(IllegalStateException.class, () -> channel.onError((sink, failure) -> {}));
    assertNotSame(channel, hub.registry.channel(ALL), "the view gets another one");
  }

  /** Seen red: it went on to get events, whenever a heartbeat was due. */
  @Test
  void closeWithoutCascading_leavesTheSinksOpen_andGivesThemNothingMore() {
    listen();
    TestClient client = hub.connect(ALL);
    ForeignSink foreign = registerForeign();
    EventId last = hub.publish();
    hub.settle();
    channel.close(false);
    hub.publishMany(5);
    hub.pass(Duration.ofSeconds(31));
    hub.settle();

    assertTrue(client.isConnected());
    assertFalse(foreign.isClosed());
    assertEquals(List.of(last), client.events());
    assertEquals(last, client.lastId().orElseThrow());
    assertEquals(List.of(last.toString()), foreign.ids());
    assertEquals(List.of(), closed);
    client.sink().send(TestEvent.of("hi", "there"));
    assertEquals(1, client.named("hi").size());
    client.disconnect();
    assertEquals(0, hub.registry.connections());
  }
}
