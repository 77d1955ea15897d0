package io.heliograph.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.heliograph.body.RefusedRequestException;
import io.heliograph.body.RefusedRequestException.Reason;
import io.heliograph.log.Publication.IdempotencyKey;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishRequestTest {
  private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);

  @Test
  void hasNoKey_withoutTheHeader() {
    assertNull(request("s", null, "a/b", Map.of(), null).idempotencyKeyFor(BODY));
  }

  @Test
  void repeatsItsFingerprint_forTheSameContent() {
    assertEquals(
        fingerprint("s", "k", "a/b", Map.of("id", "1")),
        fingerprint("s", "k", "a/b", Map.of("id", "1")));
  }

  @Test
  void tellsRequestsApart_byAllThatDecidesWhatIsStored() {
    String one = fingerprint("s", "k", "a/b", Map.of("id", "1"));

    assertNotEquals(one, fingerprint("t", "k", "a/b", Map.of("id", "1")));
    assertNotEquals(one, fingerprint("s", null, "a/b", Map.of("id", "1")));
    assertNotEquals(one, fingerprint("s", "k", "a/c", Map.of("id", "1")));
    assertNotEquals(one, fingerprint("s", "k", "a/b", Map.of("id", "2")));
    assertNotEquals(one, fingerprint("s", "k", "a/b", Map.of("type", "1")));
    assertNotEquals(
        one,
        key(request("s", "k", "a/b", Map.of("id", "1"), "i-1"), new byte[] {'['}).fingerprint());
  }

  /** One name in two tenants is two callers: neither is given the other's event for its own. */
  @Test
  void tellsTenantsApart() {
    assertNotEquals(keeperOf(null), keeperOf("a"));
    assertNotEquals(keeperOf("a"), keeperOf("b"));
    assertEquals(keeperOf("a"), keeperOf("a"));
  }

  private static String keeperOf(@Nullable String tenant) {
    PublishRequest request =
        new PublishRequest(
            "s", null, "a/b", new TreeMap<>(), "i-1", Requests.caller("maria", tenant));
    return key(request, BODY).caller();
  }

  @Test
  void keepsPartsApart_thatWouldRunTogether() {
    assertNotEquals(
        new Fingerprint().add("ab").add("c").hex(), new Fingerprint().add("a").add("bc").hex());
    assertNotEquals(new Fingerprint().add("").hex(), new Fingerprint().add((String) null).hex());
    assertEquals(64, new Fingerprint().hex().length());
  }

  @Test
  void saysWhoseKeyItIs() {
    assertEquals("maria", key(request("s", null, "a/b", Map.of(), "i-1"), BODY).caller());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\tb", "a\nb", "a\u0000", "ä", "a\u007f"})
  void refusesKeysThatAreNotVisibleAscii(String key) {
    assertEquals(
        Reason.MALFORMED,
        assertThrows(RefusedRequestException.class, () -> request("s", null, "a/b", Map.of(), key))
            .reason());
  }

  @Test
  void boundsAKeysLength() {
    request("s", null, "a/b", Map.of(), "k".repeat(255));
    assertThrows(
        RefusedRequestException.class, () -> request("s", null, "a/b", Map.of(), "k".repeat(256)));
  }

  private static String fingerprint(
      String stream, @Nullable String key, String type, Map<String, String> headers) {
    return key(request(stream, key, type, headers, "i-1"), BODY).fingerprint();
  }

  private static IdempotencyKey key(PublishRequest request, byte[] body) {
    return Objects.requireNonNull(request.idempotencyKeyFor(body));
  }

  private static PublishRequest request(
      String stream,
      @Nullable String key,
      String type,
      Map<String, String> headers,
      @Nullable String idempotencyKey) {
    return new PublishRequest(
        stream, key, type, new TreeMap<>(headers), idempotencyKey, Requests.MARIA);
  }
}
