package io.heliograph.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpansTest {
  /** 100 to 109, an empty one at 200, 300 to 304 still open. */
  private final Spans spans = new Spans(new long[] {100, 200, 300}, new long[] {109, 199}, 304);

  @Test
  void knowsEachSpanAndThePositionBeforeIt() {
    for (long position = 0; position < 400; position++) {
      boolean isKnown =
          (position >= 99 && position <= 109)
              || position == 199
              || (position >= 299 && position <= 304);
      assertEquals(isKnown, spans.isKnown(position), "position " + position);
    }
    assertFalse(spans.isKnown((1L << 53) - 1));
  }

  @Test
  void headMovesAlone() {
    Spans later = spans.withHead(310);
    assertTrue(later.isKnown(310));
    assertFalse(spans.isKnown(310));
    assertEquals(310, later.headValue());
  }

  /** Red when it was a difference of numbers: a new span made a lag of thousands of millions. */
  @Test
  void countsGivenNumbersOnly() {
    assertEquals(5, spans.givenAfter(299));
    assertEquals(0, spans.givenAfter(304));
    assertEquals(5, spans.givenAfter(199));
    assertEquals(5, spans.givenAfter(109));
    assertEquals(7, spans.givenAfter(107));
    assertEquals(10 + 5, spans.givenAfter(0));
  }

  @Test
  void tellsGivenNumbersFromThoseBetweenSpans() {
    assertEquals(108, spans.lastGivenBetween(100, 109));
    assertEquals(100, spans.lastGivenBetween(100, 101));
    assertEquals(109, spans.lastGivenBetween(109, 300));
    assertEquals(109, spans.lastGivenBetween(100, 300));
    assertEquals(301, spans.lastGivenBetween(109, 302));
    assertEquals(304, spans.lastGivenBetween(0, 400));
    assertEquals(0, spans.lastGivenBetween(0, 100));
    assertEquals(400, spans.lastGivenBetween(400, 500));
  }

  @Test
  void nextSpanLiesBeyondTheClockAndTheLastNumber() {
    assertEquals(1_000L << 20, Spans.firstOfNew(1_000));
    assertEquals(1_001L << 20, Spans.firstOfNext(1_000, (900L << 20) + 5));
    assertEquals(1_101L << 20, Spans.firstOfNext(1_000, (1_100L << 20) + 5));
  }

  @Test
  void onlyTheNewestAreKept(@TempDir Path directory) throws Exception {
    Path database = directory.resolve("log.db");
    new SqliteEventLog(database, new HandClock()).close();
    try (SqliteConnection connection = SqliteConnection.open(database, false)) {
      connection.execute("PRAGMA synchronous = OFF");
      Spans newest = SqliteSpans.begin(connection, 5_000_000_000L, 0);
      long firstOfNewest = newest.headValue() + 1;
      for (int opening = 1; opening < Spans.LIMIT; opening++) {
        newest = SqliteSpans.begin(connection, 5_000_000_000L, 0);
      }
      assertEquals(Spans.LIMIT, connection.number("SELECT count(*) FROM span"));
      assertTrue(newest.isKnown(firstOfNewest - 1));
      newest = SqliteSpans.begin(connection, 5_000_000_000L, 0);
      assertEquals(Spans.LIMIT, connection.number("SELECT count(*) FROM span"));
      assertFalse(newest.isKnown(firstOfNewest - 1));
    }
  }
}
