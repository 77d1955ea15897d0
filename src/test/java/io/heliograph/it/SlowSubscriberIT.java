package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.SseClient.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * One subscriber stops reading while events pass, others beside it do not.
 *
 * <p>{@code -Dit.slow.events=200000} for the full number.
 */
class SlowSubscriberIT {
  /** More than the kernel's buffers vary by; far less than what passes. */
  private static final long GROWTH_LIMIT_BYTES = 8L << 20;

  private static final int BATCH = 400;
  private static final int WARM_UP_EVENTS = 3200;
  private static final String PADDING = "x".repeat(200);

  private static final Pattern OVERFLOW =
      Pattern.compile(
          "\\[event: error]\\[data: \\{\"error\":\"buffer_overflow\",\"dropped_count\":(\\d+)}]");

  private static TestHub hub;
  private static ClientLoop loop;

  @BeforeAll
  static void start() {
    hub =
        TestHub.start(
            "slow-subscriber",
            Map.ofEntries(
                Map.entry("streams", "resuming,dropping,disconnecting"),
                Map.entry("rings.bytes", "16MiB"),
                Map.entry("stream.resuming.history.events", "0"),
                Map.entry("stream.resuming.replay.limit", "1000000"),
                Map.entry("stream.resuming.write-timeout", "0"),
                Map.entry("stream.dropping.overflow", "drop-oldest"),
                Map.entry("stream.dropping.history.events", "0"),
                Map.entry("stream.dropping.replay.limit", "1000000"),
                Map.entry("stream.dropping.write-timeout", "0"),
                Map.entry("stream.disconnecting.overflow", "disconnect"),
                Map.entry("stream.disconnecting.history.events", "0"),
                Map.entry("stream.disconnecting.replay.limit", "1000000"),
                Map.entry("stream.disconnecting.write-timeout", "0")));
    loop = new ClientLoop();
  }

  @AfterAll
  static void stop() {
    try {
      loop.close();
    } finally {
      hub.close();
    }
  }

  /** A stream with one subscriber that has stopped reading and missed everything since. */
  private static final class Stalled {
    private final String stream;
    private final Ledger ledger;
    private final SseClient client;
    private final List<Long> published = new ArrayList<>();

    Stalled(String stream) {
      this.stream = stream;
      this.ledger = Ledger.ofATroubled("the slow one of " + stream);
      this.client = client(ledger).withReceiveBuffer(16 * 1024).connect();
      List<Ledger> others =
          IntStream.range(0, 3).mapToObj(i -> Ledger.of("reader " + i + " of " + stream)).toList();
      List<SseClient> readers = others.stream().map(this::client).map(SseClient::connect).toList();
      readers.forEach(SseClient::awaitHead);
      client.awaitHead();
      List<Ledger> all = new ArrayList<>(others);
      all.add(ledger);
      publish(WARM_UP_EVENTS, all);
      client.stopReading();
      long before = hub.liveBytes();
      publish(Sizes.SLOW_EVENTS, others);
      long growth = hub.liveBytes() - before;

      assertTrue(growth < GROWTH_LIMIT_BYTES, "the heap grew by " + growth + " bytes");
      assertTrue(ledger.count() < published.size(), "it was not slow at all");
      others.forEach(other -> assertEquals(published, other.ids()));
      System.out.println(
          "SlowSubscriberIT: " + stream + ", heap grew by " + growth / 1024 + " KiB");
      readers.forEach(SseClient::leave);
    }

    private SseClient client(Ledger to) {
      return hub.door().client(loop, stream).at("0").to(to::take);
    }

    /** Batch by batch, as fast as {@code keepingUp} take it: they are never overtaken. */
    private void publish(int events, List<Ledger> keepingUp) {
      String event = "{\"type\":\"t\",\"data\":\"" + PADDING + "\"}";
      String batch = "[" + (event + ",").repeat(BATCH - 1) + event + "]";
      for (int i = 0; i < events; i += BATCH) {
        published.addAll(hub.door().post(stream, Door.JSON, batch).ids());
        awaitAll(keepingUp);
      }
    }

    private void awaitAll(List<Ledger> ledgers) {
      long last = published.get(published.size() - 1);
      for (Ledger one : ledgers) {
        Waiting.until("all have event " + last, () -> one.last() == last);
      }
    }
  }

  @Test
  void getsEveryEventAfterwards_underResume() {
    Stalled stalled = new Stalled("resuming");
    stalled.client.readOn();

    stalled.awaitAll(List.of(stalled.ledger));
    assertEquals(stalled.published, stalled.ledger.ids());
    assertEquals(List.of(), stalled.ledger.others());
    assertEquals(1, stalled.client.connects());
    stalled.client.leave();
  }

  @Test
  void isToldExactlyHowManyItMissed_underDropOldest() {
    Stalled stalled = new Stalled("dropping");
    stalled.client.readOn();

    stalled.awaitAll(List.of(stalled.ledger));
    List<Long> ids = stalled.ledger.ids();
    // Red with the kernel's own send buffer: it finds room again while nobody reads, so there were
    // two or three.
    assertEquals(1, stalled.ledger.others().size(), () -> "one block: " + stalled.ledger.others());
    Ledger.Said said = stalled.ledger.others().get(0);
    Matcher overflow = OVERFLOW.matcher(said.block().toString());
    assertTrue(overflow.matches(), () -> "an overflow, not " + said.block());
    long dropped = Long.parseLong(overflow.group(1));
    assertEquals(ids.get(said.after()) - ids.get(said.after() - 1) - 1, dropped);
    assertEquals(stalled.published.size(), ids.size() + dropped);
    assertEquals(1, stalled.client.connects());
    System.out.println(
        "SlowSubscriberIT: " + dropped + " dropped, said in " + stalled.ledger.others());
    stalled.client.leave();
  }

  @Test
  void isClosedAndGetsEverythingWhenItComesBack_underDisconnect() {
    Stalled stalled = new Stalled("disconnecting");
    stalled.client.readOn();

    assertEquals(End.CLEAN, stalled.client.awaitEnd());
    assertEquals(
        List.of("[event: bye][data: {\"reason\":\"too_slow\"}]"),
        stalled.ledger.others().stream().map(said -> said.block().toString()).toList());
    stalled.client.connect();
    stalled.awaitAll(List.of(stalled.ledger));
    assertEquals(stalled.published, stalled.ledger.ids());
    stalled.client.leave();
  }
}
