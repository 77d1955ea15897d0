package io.heliograph.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListeningTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, http://127.0.0.1:8080/",
    "0.0.0.0, http://127.0.0.1:8080/",
    "192.0.2.7, http://192.0.2.7:8080/",
    "::1, http://[0:0:0:0:0:0:0:1]:8080/",
    "::, http://[::1]:8080/",
  })
  void hasAnAddressThatCanBeUsed(String address, URI url) {
    assertEquals(url, Listening.on(address, 8080).url());
  }

  @Test
  void knowsWhatOnlyThisMachineReaches() {
    assertTrue(Listening.on("127.0.0.1", 1).isLoopback());
    assertTrue(Listening.on("::1", 1).isLoopback());
    assertFalse(Listening.on("0.0.0.0", 1).isLoopback());
    assertFalse(Listening.on("192.0.2.7", 1).isLoopback());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "256.0.0.1.", "1.2.3.4:80", "http://127.0.0.1", "[::1"})
  void refusesWhatIsNoAddress(String address) {
    CannotStartException refused =
        assertThrows(CannotStartException.class, () -> Listening.on(address, 8080));
    assertTrue(refused.toString().contains("'" + address + "'"), refused.toString());
  }
}
