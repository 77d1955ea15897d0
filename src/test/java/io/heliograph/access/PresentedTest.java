package io.heliograph.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.heliograph.settings.Settings;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PresentedTest {
  private static final ClientAddresses ADDRESSES =
      ClientAddresses.read(Settings.of(Map.of("heliograph.trusted-proxies", "10.0.0.0/8")));

  private final FakeRequest request = new FakeRequest();

  private Presented inApi() {
    return Objects.requireNonNull(Presented.in(request.request(), true, ADDRESSES));
  }

  private InvalidCredentialException refused() {
    return assertThrows(InvalidCredentialException.class, this::inApi);
  }

  private static String basic(String text) {
    return "Basic " + Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  @Test
  void isNothing_whereNothingIsGiven() {
    assertNull(Presented.in(request.query("since=0").request(), true, ADDRESSES));
  }

  @Test
  void readsANameAndPassword_withColonsAndUmlauts() {
    request.header("Authorization", basic("márta:pa:ß:word"));
    assertEquals(new Presented.Password("márta", "pa:ß:word", true), inApi());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Basic OnB3"})
  void refusesBasicThatIsNone_inItsOwnScheme(String header) {
    request.header("Authorization", header);
    assertEquals("Basic", refused().scheme());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Digest username=x", "Negotiate abc", "", "hk_abc"})
  void refusesOtherSchemes(String header) {
    request.header("Authorization", header);
    assertEquals("Bearer", refused().scheme());
  }

  @Test
  void tellsKeysFromTokens() {
    request.header("Authorization", "bearer hk_abc");
    assertEquals(new Presented.Key("hk_abc"), inApi());
    assertEquals(
        new Presented.Token("a.b.c"),
        Presented.in(
            new FakeRequest().header("Authorization", "Bearer a.b.c").request(), true, ADDRESSES));
    assertEquals(
        new Presented.Key("hk_x"),
        Presented.in(new FakeRequest().header("X-API-Key", "hk_x").request(), true, ADDRESSES));
  }

  @Test
  void readsTheQuery_whereItIsTheApis() {
    request.query("since=0&token=hk_a%2Bb");
    assertEquals(new Presented.Key("hk_a+b"), inApi());
    assertNull(Presented.in(request.request(), false, ADDRESSES));
    request.query("ticket=t");
    assertEquals(new Presented.Ticket("t"), inApi());
  }

  /** An empty one is not none: whoever forgot to fill it in would read as nobody in particular. */
  @ParameterizedTest
  @ValueSource(strings = {"token=", "token", "a=b&token="})
  void takesAnEmptyOneForAnInvalidOne(String query) {
    request.query(query);
    assertEquals(new Presented.Token(""), inApi());
  }

  @Test
  void refusesTwo() {
    request.header("Authorization", "Bearer hk_a").query("token=hk_a");
    assertEquals("2 credentials were given in one request; give one", refused().getMessage());
    assertThrows(
        InvalidCredentialException.class,
        () ->
            Presented.in(
                new FakeRequest()
                    .header("Authorization", "Bearer hk_a")
                    .header("Authorization", "Bearer hk_b")
                    .request(),
                true,
                ADDRESSES));
  }

  @Test
  void takesTheCookieOnlyWhereNothingElseIsGiven() {
    request.cookie("other", "x").cookie("heliograph-session", "s");
    assertEquals(new Presented.Session("s"), inApi());
    request.header("X-API-Key", "hk_a");
    assertEquals(new Presented.Key("hk_a"), inApi());
  }

  @Test
  void believesANameFromTrustedProxiesOnly() {
    request.header("X-User-ID", "maria");
    refused();
    request.from("10.1.2.3");
    assertEquals(new Presented.ProxyUser("maria"), inApi());
  }

  /** The socket's own address counts: what a proxy forwards was written by its client. */
  @Test
  void isNotFooledByForwardedHeaders() {
    request
        .header("X-User-ID", "maria")
        .header("X-Forwarded-For", "10.1.2.3")
        .header("Forwarded", "for=10.1.2.3");
    refused();
  }

  @Test
  void showsNoSecret_whenItIsPrinted() {
    for (Presented one :
        new Presented[] {
          new Presented.Password("maria", "s3cret", false),
          new Presented.Key("s3cret"),
          new Presented.Token("s3cret"),
          new Presented.Ticket("s3cret"),
          new Presented.Session("s3cret")
        }) {
      assertFalse(one.toString().contains("s3cret"), one.toString());
    }
  }
}
