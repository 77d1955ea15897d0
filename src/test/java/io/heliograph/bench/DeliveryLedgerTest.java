package io.heliograph.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class DeliveryLedgerTest {
  private final DeliveryLedger ledger = new DeliveryLedger();

  @Test
  void findsNothing_whenAllComesInOrder() {
    record(1, 2, 3);

    assertCounts(0, 0, 0, 3);
  }

  @Test
  void countsAsLost_whatNeverCame() {
    record(2, 5);

    assertCounts(4, 0, 0, 6);
  }

  @Test
  void countsAsDuplicated_whatCameAgain() {
    record(1, 2, 2, 1, 3);

    assertCounts(0, 2, 0, 3);
  }

  @Test
  void countsAsReordered_whatCameLate() {
    record(1, 3, 4, 2, 2);

    assertCounts(0, 1, 1, 4);
  }

  @Test
  void expectsEventsAgain_afterRewinding() {
    record(1, 2, 4, 5);
    ledger.rewind(3);
    assertCounts(3, 0, 0, 5);

    record(3, 4, 5, 6);

    assertCounts(0, 0, 0, 6);
  }

  private void record(long... numbers) {
    for (long number : numbers) {
      ledger.record(number);
    }
  }

  private void assertCounts(long lost, long duplicated, long reordered, long published) {
    assertEquals(lost, ledger.lost(published), "lost");
    assertEquals(duplicated, ledger.duplicated(), "duplicated");
    assertEquals(reordered, ledger.reordered(), "reordered");
  }
}
