package io.heliograph.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.heliograph.event.EventId;
import io.heliograph.log.LogUnavailableException;
import io.heliograph.metrics.GapReason;
import io.heliograph.stream.Start.Gap;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StartTest {
  private TestHub hub = new TestHub();

  @AfterEach
  void close() {
    hub.close();
  }

  private Start of(StartAt wish) {
    return Start.of(
        wish,
        TestHub.ALL,
        hub.registry.channel(TestHub.ALL).policy(),
        hub.log,
        hub.registry.applied());
  }

  private Start at(Object position) {
    return of(new StartAt(position.toString(), null));
  }

  @Test
  void fromNowOn_withoutAWish() {
    EventId head = hub.publish();

    assertEquals(new Start(head, null, true), of(StartAt.NOW));
  }

  @Test
  void anEmptyPositionIsNone() {
    EventId head = hub.publish();

    assertEquals(new Start(head, null, true), of(new StartAt("", null)));
  }

  @Test
  void afterThePosition_whereItIsKnown() {
    List<EventId> published = hub.publishMany(5);

    assertEquals(new Start(published.get(2), null, false), at(published.get(2)));
    assertEquals(new Start(published.get(4), null, false), at(published.get(4)));
  }

  @Test
  void afterAPositionAheadOfThisNode_whereTheLogKnowsIt() {
    hub.publish();
    EventId ahead = hub.append();

    assertEquals(new Start(ahead, null, false), at(ahead));
  }

  @Test
  void betweenSpans_isUnknown() {
    EventId before = hub.publish();
    hub.log.openSpan(1 << 20);
    EventId after = hub.publish();

    assertEquals(
        new Start(EventId.NONE, new Gap(GapReason.UNKNOWN, "" + (before.value() + 100)), true),
        at(before.value() + 100));
    assertEquals(
        GapReason.UNKNOWN, at(after.value() + 1).gap() == null ? null : reason(after.value() + 1));
  }

  private GapReason reason(Object position) {
    Gap gap = at(position).gap();
    if (gap == null) {
      throw new AssertionError("no gap");
    }
    return gap.reason();
  }

  @Test
  void fromTheOldest_whereItsPositionWasTrimmed() {
    List<EventId> published = hub.publishMany(5);
    hub.log.trim("s", published.get(2));

    assertEquals(
        new Start(published.get(2), new Gap(GapReason.TRIMMED, "" + published.get(0)), true),
        at(published.get(0)));
  }

  @Test
  void fromAsFarBackAsTheLimit() {
    hub = new TestHub("replay.limit", "2");
    List<EventId> published = hub.publishMany(5);

    assertEquals(
        new Start(published.get(2), new Gap(GapReason.LIMIT, "" + published.get(1)), true),
        at(published.get(1)));
    assertEquals(new Start(published.get(2), null, false), at(published.get(2)));
  }

  @Test
  void fromTheNearerOfTrimmedAndLimit_whereThePositionIsUnknown() {
    hub = new TestHub("replay.limit", "2");
    List<EventId> published = hub.publishMany(5);
    assertEquals(published.get(2), at("x").cursor());
    hub.log.trim("s", published.get(3));

    assertEquals(published.get(3), at("x").cursor());
  }

  @Test
  void fresh_fromWhereThisNodeStands() {
    hub = new TestHub("replay.lost", "fresh");
    EventId applied = hub.publishMany(5).get(4);
    hub.append();

    assertEquals(new Start(applied, new Gap(GapReason.UNKNOWN, "x"), true), at("x"));
  }

  @Test
  void since_fromTheFirstEventThen_withRetained() {
    List<EventId> published = hub.publishMany(3);
    hub.pass(Duration.ofMinutes(1));
    Instant since = hub.now();
    hub.publishMany(3);

    assertEquals(new Start(published.get(2), null, true), of(new StartAt(null, since)));
  }

  @Test
  void since_inTheFuture_isFromNowOn() {
    EventId head = hub.publish();

    assertEquals(
        new Start(head, null, true), of(new StartAt(null, Instant.parse("9999-01-01T00:00:00Z"))));
  }

  @Test
  void since_furtherBackThanTheLimit_isAGap() {
    hub = new TestHub("replay.limit", "2");
    List<EventId> published = hub.publishMany(5);
    Start start = of(new StartAt(null, Instant.EPOCH));

    assertEquals(published.get(2), start.cursor());
    assertEquals(new Gap(GapReason.LIMIT, "1970-01-01T00:00:00Z"), start.gap());
  }

  @Test
  void saysThatTheLogIsOutOfReach() {
    hub.log.setUnavailable(true);

    assertThrows(LogUnavailableException.class, () -> at("1"));
  }
}
