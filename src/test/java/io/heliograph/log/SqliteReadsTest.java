package io.heliograph.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one snapshot gives, and what it costs. */
class SqliteReadsTest extends EventLogFixture {
  private static final View RARE = View.of("a").withTypes(Set.of("rare"));

  private final Path database;

  SqliteReadsTest(@TempDir Path directory) {
    database = directory.resolve("log.db");
  }

  @Override
  EventLog open(HandClock handClock) {
    return new SqliteEventLog(database, handClock);
  }

  /** What {@code reading} gives on an opening of its own. */
  private <T> T read(Reading<T> reading) {
    try (SqliteFile file = SqliteFile.open(database, null)) {
      return file.read(snapshot -> reading.from(new SqliteReads(file, snapshot)));
    }
  }

  private interface Reading<T> {
    T from(SqliteReads reads) throws java.sql.SQLException;
  }

  /**
   * Invariants 2 and 3. Red when a page went on to what its spans do not know: the numbers between
   * were trimmed before the snapshot was taken, and skipped without a gap.
   */
  @Test
  void followersPageEndsAtTheHeadThatWasKnownBeforeItsSnapshot() {
    List<EventId> first = append(Drafts.numbered("a", 0, 3));
    long head = log.head().value();
    Spans known = new Spans(new long[] {first.get(0).value()}, new long[0], head);
    List<EventId> later = append(Drafts.numbered("a", 3, 10));
    log.trim(new TrimRule("a", Duration.ZERO, 1), 100);

    Page page = read(reads -> reads.all(head, 100, known));
    assertEquals(new Page(List.of(), new EventId(head), new EventId(head)), page);
    Page next = log.readAll(new EventId(head), 100);
    assertEquals(later.get(8), next.from());
    assertEquals(List.of("12"), data(next.events()));
  }

  private static EventDraft large(String type) {
    return new EventDraft(
        "a",
        List.of(),
        null,
        null,
        type,
        EventData.of("0".repeat(EventData.LIMIT_BYTES)),
        null,
        false);
  }

  /** Red when only accepted events were weighed: such a page read 4 times its limit of rows. */
  @Test
  void pageWeighsWhatItsViewDoesNotAccept() {
    EventId before = log.head();
    append(Collections.nCopies(40, large("common")));
    Page page = log.read(RARE, before, 100);
    assertEquals(List.of(), page.events());
    assertTrue(plus(before, 33).isAfter(page.through()), () -> "read up to " + page.through());
    assertTrue(everything(RARE, before, 100).isEmpty());
  }

  /** Invariant 4. Red when a page weighed its data alone: 64 events had 16 MiB of keys. */
  @Test
  void pageWeighsKeys() {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < EventDraft.KEYS_LIMIT; i++) {
      keys.add(i + "x".repeat(EventDraft.LABEL_LIMIT - 4));
    }
    EventDraft draft = Drafts.draft("a", "1", keys.toArray(new String[0]));
    EventId before = log.head();
    append(Collections.nCopies(40, draft));
    assertTrue(log.read(View.of("a"), before, 100).events().size() < 40);
    assertTrue(log.readAll(before, 100).events().size() < 40);
    assertEquals(40, everything(before).size());
  }

  /** Red without a limit: one snapshot was kept for as long as a whole stream takes to read. */
  @Test
  void searchBackTakesManySnapshots_andStopsAtItsLowerBound() {
    EventId rare = append(Drafts.retained("a", "rare", "1")).get(0);
    for (int i = 0; i < 5; i++) {
      append(Drafts.numbered("a", 0, 1_000));
    }
    SqliteReads.Back back = new SqliteReads.Back(RARE, 0, 0);
    read(reads -> reads.goBack(back));
    assertTrue(!back.isDone(), "more than 4,096 rows");
    read(reads -> reads.goBack(back));
    assertTrue(back.isDone());
    assertEquals(rare.value(), back.position());

    SqliteReads.Back bounded = new SqliteReads.Back(RARE, 0, log.head().value() - 10);
    read(reads -> reads.goBack(bounded));
    assertTrue(bounded.isDone());
    assertEquals(rare, log.positionBack(RARE, 0, EventId.NONE));
    assertEquals(EventId.NONE, log.positionBack(RARE, 1, EventId.NONE));
  }
}
