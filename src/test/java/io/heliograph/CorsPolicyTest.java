package io.heliograph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.settings.InvalidSettingsException;
import io.heliograph.settings.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which origins are told that they may read. */
class CorsPolicyTest {
  private static final String LEAVE = "Access-Control-Allow-Origin";
  private static final String CREDENTIALS = "Access-Control-Allow-Credentials";

  private static CorsPolicy policy(String origins) {
    Settings settings = Settings.of(Map.of("heliograph.cors.origins", origins));
    CorsPolicy policy = CorsPolicy.read(settings);
    settings.check();
    return policy;
  }

  @Test
  void givesLeaveToNobody_whenNothingIsSet() {
    assertEquals(Map.of(), CorsPolicy.read(Settings.of(Map.of())).headers("https://a.example"));
  }

  @Test
  void givesLeaveToThoseListed_withCredentials() {
    CorsPolicy policy = policy("https://a.example, http://localhost:3000");

    Map<String, String> headers = policy.headers("http://localhost:3000");
    assertEquals("http://localhost:3000", headers.get(LEAVE));
    assertEquals("true", headers.get(CREDENTIALS));
    assertEquals("Origin", headers.get("Vary"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://b.example",
        "http://a.example",
        "https://a.example:8443",
        "https://a.example.evil.example",
        "https://evil-a.example",
        "null",
        "*"
      })
  void givesNoLeaveToOthers_howeverAlike(String origin) {
    Map<String, String> headers = policy("https://a.example").headers(origin);

    assertEquals(Map.of("Vary", "Origin"), headers);
    assertEquals(headers, policy("https://a.example").preflight(origin, "x"));
  }

  /** Every site could act as the reader otherwise. */
  @Test
  void takesNoCredentials_whereEverybodyMay() {
    Map<String, String> headers = policy("*").headers("https://a.example");

    assertEquals("*", headers.get(LEAVE));
    assertFalse(headers.containsKey(CREDENTIALS));
  }

  @Test
  void answersAPreflight_withWhatMayBeSent() {
    Map<String, String> headers =
        policy("https://a.example").preflight("https://a.example", "content-type, idempotency-key");

    assertEquals("content-type, idempotency-key", headers.get("Access-Control-Allow-Headers"));
    assertTrue(headers.getOrDefault("Access-Control-Allow-Methods", "").contains("DELETE"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nSet-Cookie: x=1", "a\nb", "<script>", ""})
  void repeatsNothingThatIsNoHeadersName(String asked) {
    Map<String, String> headers = policy("https://a.example").preflight("https://a.example", asked);

    assertFalse(headers.containsKey("Access-Control-Allow-Headers"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.example",
        "https://",
        "https://a.example/",
        "https://a.example/path",
        "https://A.example",
        "https://a.example:443",
        "http://a.example:80",
        "https://user@a.example",
        "ftp://a.example",
        "null",
        "https://*.a.example",
        "*,https://a.example"
      })
  void refusesWhatIsNoOrigin(String text) {
    assertThrows(InvalidSettingsException.class, () -> policy(text));
  }
}
