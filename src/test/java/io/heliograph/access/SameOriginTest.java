package io.heliograph.access;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SameOriginTest {
  private final FakeRequest request = new FakeRequest().header("Host", "hub.example.org:8443");

  private void assertRefused() {
    assertThrows(ForbiddenException.class, () -> SameOrigin.require(request.request()));
  }

  @Test
  void letsOwnPagesIn() {
    SameOrigin.require(request.header("Origin", "https://hub.example.org:8443").request());
    SameOrigin.require(request.header("Sec-Fetch-Site", "same-origin").request());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://hub.example.org",
        "https://hub.example.org:8444",
        "https://evil.example:8443",
        "https://hub.example.org:8443.evil.example",
        "https://evil@hub.example.org:8443",
        "null",
        "rubbish",
        ""
      })
  void refusesOtherOrigins(String origin) {
    request.header("Origin", origin);
    assertRefused();
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site", "none", "rubbish"})
  void believesTheBrowserAboutTheSite_beforeTheOrigin(String site) {
    request.header("Origin", "https://hub.example.org:8443").header("Sec-Fetch-Site", site);
    assertRefused();
  }

  @Test
  void refusesWhoeverSaysNothing_butNotALoginThatIsNoBrowsers() {
    assertRefused();
    SameOrigin.requireIfSaid(request.request());
    request.header("Origin", "https://evil.example");
    assertThrows(ForbiddenException.class, () -> SameOrigin.requireIfSaid(request.request()));
  }
}
