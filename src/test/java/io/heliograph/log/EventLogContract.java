package io.heliograph.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.Event;
import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import io.heliograph.log.Publication.IdempotencyKey;
import io.heliograph.log.Publication.Part;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What every event log does with what is appended, whatever stores it. Each implementation has one
 * short subclass of this, of {@link EventLogReadingContract} and of {@link
 * EventLogTrimmingContract}.
 */
abstract class EventLogContract extends EventLogFixture {

  // Order and numbers.

  @Test
  void newLogStartsAtTheSecond() {
    long first = clock.instant().getEpochSecond() << 20;
    assertEquals(new EventId(first - 1), log.head());
    assertEquals(List.of(new EventId(first)), append(Drafts.draft("a", "1")));
    assertEquals(new EventId(first), log.head());
  }

  /** Invariant 2. Red with numbers taken before idempotency was looked up: a repeat left a hole. */
  @Test
  void numbersAreContiguousWithinASpan_whateverIsStored() {
    EventId before = log.head();
    append(keyed("k", "f", Drafts.draft("a", "1"), Drafts.draft("b", "2")));
    append(
        keyed("k", "f", Drafts.draft("a", "1"), Drafts.draft("b", "2")),
        keyed("k", "other", Drafts.draft("a", "x")),
        Drafts.publication(Drafts.draft("a", "3")));
    append(Drafts.draft("b", "4"));

    List<Event> events = everything(before);
    assertEquals(List.of("1", "2", "3", "4"), data(events));
    for (int i = 0; i < events.size(); i++) {
      assertEquals(plus(before, i + 1), events.get(i).id());
    }
  }

  @Test
  void saysHowManyWereAppendedAfterAPosition() {
    EventId before = log.head();
    append(Drafts.draft("a", "1"), Drafts.draft("b", "2"));
    append(Drafts.draft("a", "3"));
    assertEquals(3, log.givenAfter(before));
    assertEquals(1, log.givenAfter(plus(before, 2)));
    assertEquals(0, log.givenAfter(log.head()));
    assertEquals(3, log.givenAfter(EventId.NONE));
  }

  @Test
  void lookingWhetherItCanBeWrittenTo_changesNothing() {
    EventId before = log.head();
    append(Drafts.draft("a", "1"));
    EventId head = log.head();
    log.requireWritable();
    assertEquals(head, log.head());
    assertEquals(List.of("1"), data(everything(before)));
    assertEquals(List.of(plus(head, 1)), append(Drafts.draft("a", "2")));
  }

  @Test
  void givesBackWhatWasPublished() {
    byte[] noText = {0, (byte) 0xff, '\r', '\n', 0x7f};
    EventDraft full =
        new EventDraft(
            "orders",
            List.of("z", "\"quoted\\", "\uD83D\uDE00 smile"),
            "tenant",
            "owner",
            "order_paid",
            EventData.of(noText),
            "c-1",
            true);
    EventDraft bare = Drafts.draft("orders", "");
    List<EventId> ids = append(full, bare);

    List<Event> events = log.read(View.of("orders"), EventId.NONE, 10).events();
    assertEquals(List.of(full, bare), events.stream().map(Event::draft).toList());
    assertEquals(ids, events.stream().map(Event::id).toList());
    assertEquals(clock.instant(), events.get(0).time());
    assertEquals(Optional.of(events.get(0)), log.find(ids.get(0)));
    assertEquals(Optional.empty(), log.find(plus(log.head(), 1)));
  }

  @Test
  void timesNeverGoBack_whenTheClockDoes() {
    append(Drafts.draft("a", "1"));
    Instant first = clock.instant();
    clock.advance(Duration.ofHours(-1));
    append(Drafts.draft("a", "2"));
    reopen();
    append(Drafts.draft("a", "3"));
    for (Event event : everything(EventId.NONE)) {
      assertEquals(first, event.time());
    }
  }

  @Test
  void tellsItsListener_afterAnAppend() {
    List<EventId> heads = new ArrayList<>();
    log.follow(() -> heads.add(log.head()));
    List<EventId> ids = append(Drafts.draft("a", "1"));
    assertEquals(ids, heads);
  }

  @Test
  void throwsAfterItWasClosed() {
    log.close();
    assertThrows(LogUnavailableException.class, () -> append(Drafts.draft("a", "1")));
    assertThrows(LogUnavailableException.class, () -> log.readAll(EventId.NONE, 1));
    assertThrows(LogUnavailableException.class, () -> log.head());
    assertThrows(
        LogUnavailableException.class, () -> log.trim(new TrimRule("a", Duration.ZERO, 1), 1));
    log.close();
  }

  // Batches and idempotency.

  /** Invariant 1. Red without the batch table's look-up: it was stored again, under new numbers. */
  @Test
  void repeatedBatch_storesNothingAndGivesTheSameReceipts() {
    append(keyed("used", "f", Drafts.draft("a", "0")));
    Batch batch =
        new Batch(
            node,
            ++batches,
            List.of(
                Drafts.publication(Drafts.draft("a", "1"), Drafts.draft("a", "2")),
                keyed("used", "f", Drafts.draft("a", "0")),
                keyed("used", "other", Drafts.draft("a", "3")),
                new Publication(
                    List.of(
                        new Part(
                            List.of(Drafts.draft("a", "0")),
                            new IdempotencyKey("maria", "used", "f")),
                        new Part(List.of(Drafts.draft("a", "4")), null)))));
    List<Receipt> receipts = log.append(batch);
    EventId head = log.head();

    assertEquals(receipts, log.append(batch));
    assertEquals(head, log.head());
    assertEquals(List.of("0", "1", "2", "4"), data(everything(EventId.NONE)));
    assertEquals(new Receipt.Conflict("used"), receipts.get(2));
  }

  @Test
  void sameKeyAndContent_givesTheSameIds() {
    List<EventId> ids = ids(append(keyed("k", "f", Drafts.draft("a", "1"))).get(0));
    reopen();
    Receipt again = append(keyed("k", "f", Drafts.draft("a", "1"))).get(0);
    assertEquals(new Receipt.Stored(ids, true), again);
    assertEquals(1, everything(EventId.NONE).size());
  }

  @Test
  void sameKeyAndOtherContent_isAConflictAndStoresNothing() {
    append(keyed("k", "f", Drafts.draft("a", "1")));
    Receipt receipt =
        append(
                new Publication(
                    List.of(
                        new Part(List.of(Drafts.draft("a", "2")), null),
                        new Part(
                            List.of(Drafts.draft("a", "3")),
                            new IdempotencyKey("maria", "k", "g")))))
            .get(0);
    assertEquals(new Receipt.Conflict("k"), receipt);
    assertEquals(List.of("1"), data(everything(EventId.NONE)));
  }

  @Test
  void sameKeyTwiceInOneBatch_isStoredOnce() {
    List<Receipt> receipts =
        append(
            keyed("k", "f", Drafts.draft("a", "1")),
            keyed("k", "f", Drafts.draft("a", "1")),
            keyed("k", "g", Drafts.draft("a", "2")));
    assertEquals(ids(receipts.get(0)), ids(receipts.get(1)));
    assertEquals(new Receipt.Stored(ids(receipts.get(0)), true), receipts.get(1));
    assertEquals(new Receipt.Conflict("k"), receipts.get(2));
    assertEquals(List.of("1"), data(everything(EventId.NONE)));
  }

  @Test
  void sameKeyTwiceInOnePublication_isStoredOnceOrAConflict() {
    Part first = keyed("k", "f", Drafts.draft("a", "1")).parts().get(0);
    Part other = keyed("k", "g", Drafts.draft("a", "2")).parts().get(0);
    assertEquals(new Receipt.Conflict("k"), append(new Publication(List.of(first, other))).get(0));
    List<EventId> ids = ids(append(new Publication(List.of(first, first))).get(0));
    assertEquals(ids.get(0), ids.get(1));
    assertEquals(List.of("1"), data(everything(EventId.NONE)));
  }

  @Test
  void keysOfTwoCallersNeverMeet() {
    append(keyed("maria", "k", "f", Drafts.draft("a", "1")));
    append(keyed("ines", "k", "g", Drafts.draft("a", "2")));
    assertEquals(List.of("1", "2"), data(everything(EventId.NONE)));
  }

  @Test
  void keyIsForgottenAfterADay() {
    append(keyed("k", "f", Drafts.draft("a", "1")));
    clock.advance(Duration.ofHours(23));
    assertEquals(new Receipt.Conflict("k"), append(keyed("k", "g", Drafts.draft("a", "2"))).get(0));
    clock.advance(Duration.ofHours(2));
    append(keyed("k", "g", Drafts.draft("a", "2")));
    assertEquals(List.of("1", "2"), data(everything(EventId.NONE)));
  }

  // Spans.

  /** Invariant 2. */
  @Test
  void eachOpeningBeginsASpanBeyondTheOneBefore() {
    EventId first = append(Drafts.draft("a", "1")).get(0);
    reopen();
    EventId second = append(Drafts.draft("a", "2")).get(0);
    assertEquals(new EventId((clock.instant().getEpochSecond() + 1) << 20), second);
    assertEquals(List.of("1", "2"), data(everything(EventId.NONE)));
    assertTrue(second.isAfter(plus(first, 1)));
  }

  @Test
  void spanBeginsBeyondTheOneBefore_whenTheClockWentBack() {
    EventId first = append(Drafts.draft("a", "1")).get(0);
    clock.advance(Duration.ofDays(-1));
    reopen();
    assertEquals(
        new EventId(((first.value() >> 20) + 1) << 20), append(Drafts.draft("a", "2")).get(0));
  }

  /** Red when an empty span's first number did not count: the next began where it did. */
  @Test
  void spanBeginsBeyondAnEmptyOne_whenTheClockStandsStill() {
    EventId first = log.head();
    EventId second = openedAgainAtOnce();
    EventId third = openedAgainAtOnce();
    assertTrue(second.isAfter(first) && third.isAfter(second));
  }

  private EventId openedAgainAtOnce() {
    log.close();
    log = open(clock);
    return log.head();
  }

  @Test
  void knowsThePositionsOfItsSpansAndNoOthers() {
    EventId start = log.head();
    List<EventId> ids = append(Drafts.draft("a", "1"), Drafts.draft("a", "2"));
    reopen();
    EventId empty = log.head();
    reopen();
    EventId open = log.head();
    EventId last = append(Drafts.draft("a", "3")).get(0);

    for (EventId known : List.of(EventId.NONE, start, ids.get(0), ids.get(1), empty, open, last)) {
      assertTrue(log.isKnown(known), () -> known + " is known");
    }
    List<EventId> strangers =
        List.of(
            plus(start, -1),
            plus(ids.get(1), 1),
            plus(empty, -1),
            plus(empty, 1),
            plus(open, -1),
            plus(last, 1),
            new EventId((1L << 53) - 1));
    for (EventId stranger : strangers) {
      assertFalse(log.isKnown(stranger), () -> stranger + " is not known");
    }
  }

  @Test
  void pageReachesTheHead_alsoAcrossAnEmptySpan() {
    EventId last = append(Drafts.draft("a", "1")).get(0);
    reopen();
    assertEquals(new Page(List.of(), last, log.head()), log.readAll(last, 10));
    assertEquals(new Page(List.of(), last, log.head()), log.read(View.of("a"), last, 10));
  }

  @Test
  void headIsKept_whenEverythingWasTrimmed() {
    EventId last = append(Drafts.numbered("a", 1, 20)).get(19);
    clock.advance(Duration.ofHours(1));
    assertEquals(20, log.trim(new TrimRule("a", Duration.ofMinutes(1), 0), 100));
    assertEquals(last, log.head());
    reopen();
    assertTrue(log.isKnown(last));
    assertEquals(log.head(), log.readAll(last, 10).through());
  }
}
