package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class MarkedEventTest {
  private static final int READERS = 50;

  @Test
  void isReadBackFromItsData() {
    for (int number = 0; number < 100; number++) {
      MarkedEvent event = MarkedEvent.of(number, READERS);
      assertEquals(event, MarkedEvent.read(event.data(), READERS));
    }
  }

  @Test
  void isRefused_withOneForeignByteAnywhere() {
    String data = MarkedEvent.of(1234, READERS).data();
    for (int at = 0; at < data.length(); at++) {
      String before = data.substring(0, at);
      String wrong = before + (char) (data.charAt(at) ^ 1) + data.substring(at + 1);
      String more = before + "7" + data.substring(at);
      String less = before + data.substring(at + 1);
      assertThrows(AssertionError.class, () -> MarkedEvent.read(wrong, READERS));
      assertThrows(AssertionError.class, () -> MarkedEvent.read(more, READERS));
      assertThrows(AssertionError.class, () -> MarkedEvent.read(less, READERS));
    }
  }

  @Test
  void isForItsOwnKeysOnly() {
    MarkedEvent event = MarkedEvent.of(7, READERS);
    event.keys().forEach(event::requireFor);
    assertThrows(AssertionError.class, () -> event.requireFor("k" + READERS));
  }
}
