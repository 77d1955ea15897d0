package io.heliograph.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Seen red: 2^53 itself taken; ids compared as texts; an id after itself; 15 digits at most. */
class EventIdTest {
  /** 2^53 - 1, JavaScript's {@code Number.MAX_SAFE_INTEGER}. */
  private static final long GREATEST = 9_007_199_254_740_991L;

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1_886_847_074_304_021L, GREATEST})
  void isReadFromWhatItIsWrittenAs(long value) {
    EventId id = new EventId(value);

    assertEquals(Optional.of(id), EventId.parse(id.toString()));
    assertEquals(Long.toString(value), id.toString());
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, GREATEST + 1, Long.MAX_VALUE, Long.MIN_VALUE})
  void isNeverWhatJavaScriptCannotKeep(long value) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new EventId(value));

    assertEquals(
        "event id " + value + " is not within 0 and 2^53 - 1",
        String.valueOf(refused.getMessage()));
  }

  @Test
  void isTheSame_howeverManyZerosLead() {
    assertEquals(Optional.of(new EventId(7)), EventId.parse("0000000000000007"));
    assertEquals(Optional.of(EventId.NONE), EventId.parse("0000000000000000"));
  }

  @Test
  void isAfterNone_andNotAfterItself() {
    EventId one = new EventId(1);

    assertTrue(one.isAfter(EventId.NONE));
    assertFalse(EventId.NONE.isAfter(one));
    assertFalse(one.isAfter(new EventId(1)));
  }

  /** As numbers; the texts would stand 1, 10, 2, 9. */
  @Test
  void isOrderedAsANumber() {
    List<EventId> ids =
        new ArrayList<>(
            List.of(new EventId(10), new EventId(GREATEST), new EventId(9), new EventId(2)));
    Collections.sort(ids);

    assertEquals(
        List.of(new EventId(2), new EventId(9), new EventId(10), new EventId(GREATEST)), ids);
  }

  @Test
  void knowsTheLaterAndTheEarlierOfTwo_inEitherOrder() {
    EventId early = new EventId(9);
    EventId late = new EventId(10);

    assertEquals(late, EventId.max(early, late));
    assertEquals(late, EventId.max(late, early));
    assertEquals(early, EventId.min(early, late));
    assertEquals(early, EventId.min(late, early));
  }
}
