package io.heliograph.stream;

import io.heliograph.event.EventId;
import io.heliograph.event.View;
import io.heliograph.sse.FakeServletOutput;
import io.heliograph.sse.ServletEventSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Somebody at the other end of one connection, or of several one after another. */
final class TestClient {
  private final TestHub hub;
  private final StringBuilder before = new StringBuilder();
  private @Nullable FakeServletOutput output;
  private @Nullable ServletEventSink sink;
  private int taken;
  private long taking = Long.MAX_VALUE / 2;

  TestClient(TestHub hub) {
    this.hub = hub;
  }

  /** The sockets of connections to come take so many bytes before they take no more. */
  TestClient taking(long bytes) {
    taking = bytes;
    return this;
  }

  TestClient connect(View view, StartAt wish) {
    return connect(hub.registry.channel(view), wish);
  }

  TestClient connect(Channel channel, StartAt wish) {
    return connect(channel, wish, Peer.LOCAL, null);
  }

  TestClient connect(Channel channel, StartAt wish, Peer peer, Admission.@Nullable Slot slot) {
    FakeServletOutput made = hub.output().taking(taking);
    output = made;
    ServletEventSink opened = made.sink(hub.nanos::get, hub.pause());
    sink = opened;
    channel.register(opened, wish, peer, slot);
    return this;
  }

  /** The connection is gone; what was written before is kept. */
  void disconnect() {
    output().breakOff(new IOException("gone"), FakeServletOutput.Reports.BOTH);
    before.append(completeBlocks());
    output = null;
  }

  boolean isConnected() {
    return output != null && !sink().isClosed();
  }

  FakeServletOutput output() {
    FakeServletOutput now = output;
    if (now == null) {
      throw new IllegalStateException("not connected");
    }
    return now;
  }

  ServletEventSink sink() {
    ServletEventSink now = sink;
    if (now == null) {
      throw new IllegalStateException("never connected");
    }
    return now;
  }

  /** The hub's side of it. */
  Subscription subscription() {
    return hub.registry.open().all().stream()
        .filter(subscription -> subscription.sink() == sink)
        .findFirst()
        .orElseThrow();
  }

  /** From now on its socket takes all. */
  void open() {
    output().open();
    hub.settle();
  }

  private String completeBlocks() {
    String text = output == null ? "" : output.text();
    int end = text.lastIndexOf("\n\n");
    return end < 0 ? "" : text.substring(0, end + 2);
  }

  /** What it has got, over all its connections. */
  String text() {
    return before + completeBlocks();
  }

  /** Its blocks, without their empty lines. */
  List<String> blocks() {
    return Arrays.stream(text().split("\n\n")).filter(block -> !block.isEmpty()).toList();
  }

  /** The ids of the events that it has got, in their order. */
  List<EventId> events() {
    List<EventId> ids = new ArrayList<>();
    for (String block : blocks()) {
      if (block.startsWith("id: ") && block.contains("\ndata: ") && !isHeartbeat(block)) {
        ids.add(id(block));
      }
    }
    return ids;
  }

  private static boolean isHeartbeat(String block) {
    return block.contains("event: heartbeat");
  }

  private static EventId id(String block) {
    String line = block.lines().findFirst().orElseThrow();
    return EventId.parse(line.substring("id: ".length())).orElseThrow();
  }

  /** Every id that it was told, in order. */
  List<EventId> ids() {
    return blocks().stream().filter(b -> b.startsWith("id: ")).map(TestClient::id).toList();
  }

  /** Its Last-Event-ID. */
  Optional<EventId> lastId() {
    List<EventId> ids = ids();
    return ids.isEmpty() ? Optional.empty() : Optional.of(ids.get(ids.size() - 1));
  }

  /** The blocks that are named {@code name}. */
  List<String> named(String name) {
    return blocks().stream().filter(b -> b.lines().anyMatch(("event: " + name)::equals)).toList();
  }

  /** The blocks that have come since this was asked last. */
  List<String> takeBlocks() {
    List<String> all = blocks();
    List<String> fresh = all.subList(Math.min(taken, all.size()), all.size());
    taken = all.size();
    return fresh;
  }
}
