package io.heliograph.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.settings.InvalidSettingsException;
import io.heliograph.settings.Settings;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is believed about where a request comes from. */
class ClientAddressesTest {
  private static final String TRUSTED = "10.0.0.0/8,2001:db8:ffff::/48,192.0.2.7";

  private static String text(String socket, Map<String, List<String>> headers) {
    return addresses(TRUSTED).of(request(socket, headers)).text();
  }

  private static ClientAddresses addresses(String trusted) {
    Settings settings = Settings.of(Map.of("heliograph.trusted-proxies", trusted));
    ClientAddresses addresses = ClientAddresses.read(settings);
    settings.check();
    return addresses;
  }

  private static HttpServletRequest request(String socket, Map<String, List<String>> headers) {
    FakeRequest request = new FakeRequest().from(socket);
    headers.forEach((name, values) -> values.forEach(value -> request.header(name, value)));
    return request.request();
  }

  private static Map<String, List<String>> xff(String... values) {
    return Map.of("X-Forwarded-For", List.of(values));
  }

  @Test
  void isTheSockets_whereNobodyIsTrusted() {
    Settings settings = Settings.of(Map.of());
    ClientAddress address =
        ClientAddresses.read(settings).of(request("203.0.113.9", xff("198.51.100.1")));

    assertEquals(new ClientAddress("203.0.113.9", "203.0.113.9"), address);
  }

  @Test
  void isTheSockets_whereTheNearestIsNoProxy() {
    assertEquals("203.0.113.9", text("203.0.113.9", xff("198.51.100.1")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "198.51.100.1|198.51.100.1",
        "198.51.100.1:4711|198.51.100.1",
        "1.1.1.1, 198.51.100.1|198.51.100.1",
        "1.1.1.1, 198.51.100.1, 10.9.9.9|198.51.100.1",
        "198.51.100.1, 192.0.2.7, 10.9.9.9|198.51.100.1",
        "10.1.1.1, 10.2.2.2|10.1.1.1",
        "1.1.1.1, rubbish|10.0.0.1",
        "1.1.1.1, rubbish, 10.2.2.2|10.2.2.2",
        "1.1.1.1, unknown|10.0.0.1",
        "1.1.1.1,|10.0.0.1",
        "1.1.1.1, 10.0.0.0/8|10.0.0.1",
        "1.1.1.1, 10.0.*.1|10.0.0.1",
        "1.1.1.1, example.org|10.0.0.1",
        "2001:DB8:0:0::7|2001:db8::7",
        "[2001:db8::7]:4711|2001:db8::7",
        "::ffff:198.51.100.1|198.51.100.1"
      })
  void readsFromTheRight_asFarAsProxiesAreTrusted(String header, String address) {
    assertEquals(address, text("10.0.0.1", xff(header)));
  }

  @Test
  void joinsSeveralHeaders() {
    assertEquals("198.51.100.1", text("10.0.0.1", xff("1.1.1.1", "198.51.100.1, 10.3.3.3")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "for=198.51.100.1|198.51.100.1",
        "For=\"[2001:db8::7]:4711\";proto=https|2001:db8::7",
        "for=1.1.1.1;by=10.0.0.1, proto=http;for=198.51.100.1|198.51.100.1",
        "for=1.1.1.1, for=_hidden|10.0.0.1",
        "for=1.1.1.1, proto=http|10.0.0.1"
      })
  void readsForwarded(String header, String address) {
    assertEquals(address, text("10.0.0.1", Map.of("Forwarded", List.of(header))));
  }

  /** Seen red: a proxy that writes one of the two passed a client's invention in the other on. */
  @Test
  void believesNeither_whereTheTwoDisagree() {
    assertEquals(
        "10.0.0.1",
        text(
            "10.0.0.1",
            Map.of(
                "X-Forwarded-For", List.of("198.51.100.1"), "Forwarded", List.of("for=1.1.1.1"))));
    assertEquals(
        "198.51.100.1",
        text(
            "10.0.0.1",
            Map.of(
                "X-Forwarded-For",
                List.of("198.51.100.1"),
                "Forwarded",
                List.of("for=198.51.100.1"))));
  }

  @Test
  void countsIpv6ByItsNetwork() {
    ClientAddresses addresses = addresses("");

    ClientAddress one = addresses.of(request("2001:db8:1:2:3:4:5:6", Map.of()));
    ClientAddress two = addresses.of(request("2001:db8:1:2::9", Map.of()));
    ClientAddress other = addresses.of(request("2001:db8:1:3::9", Map.of()));

    assertEquals("2001:db8:1:2::/64", one.network());
    assertEquals(one.network(), two.network());
    assertTrue(!one.network().equals(other.network()));
    assertEquals("2001:db8:1:2:3:4:5:6", one.text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"proxy.example.org", "10.0.0.0/33", "10.0.0", "*"})
  void refusesWhatIsNoAddress(String text) {
    InvalidSettingsException failure =
        assertThrows(InvalidSettingsException.class, () -> addresses(text));
    assertTrue(String.valueOf(failure.getMessage()).contains("'" + text + "'"));
  }

  @Test
  void survivesALongChain() {
    assertEquals("10.0.0.1", text("10.0.0.1", xff("10.0.0.1, ".repeat(5000) + "10.0.0.1")));
  }
}
