package io.heliograph.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.sun.net.httpserver.HttpServer;
import io.heliograph.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens whose issuer publishes its keys. */
class TokenKeysTest {
  private static final String SECRET = "a-secret-that-stands-in-the-key-set-as-well";
  private static final Map<String, Object> CLAIMS =
      Map.of("sub", "maria", "exp", HandClock.START.plusSeconds(60).getEpochSecond());

  // Making one takes a second.
  private static final RSAKey FIRST = rsa("first");
  private static final RSAKey SECOND = rsa("second");

  private final AtomicInteger fetches = new AtomicInteger();
  private HttpServer issuer;
  private volatile String published = "";
  private volatile int status = 200;

  private static RSAKey rsa(String kid) {
    try {
      return new RSAKeyGenerator(2048).keyID(kid).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void startIssuer() throws IOException {
    issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    issuer.createContext(
        "/keys",
        exchange -> {
          fetches.incrementAndGet();
          byte[] body = published.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    issuer.start();
    publish(FIRST);
  }

  @AfterEach
  void stopIssuer() {
    issuer.stop(0);
  }

  private void publish(JWK... keys) {
    published = new JWKSet(List.of(keys)).toString();
  }

  private Tokens tokens(Duration fetchPeriod) {
    Settings settings =
        Settings.of(
            Map.of(
                "heliograph.jwt.jwks",
                "http://127.0.0.1:" + issuer.getAddress().getPort() + "/keys?client=hub"));
    Tokens tokens = Tokens.read(settings, new HandClock(), fetchPeriod);
    settings.check();
    return tokens;
  }

  private Tokens tokens() {
    return tokens(Duration.ofSeconds(30));
  }

  private static String signed(JWSAlgorithm algorithm, String kid, RSAKey key) {
    try {
      return TokenMint.signed(
          new JWSHeader.Builder(algorithm).keyID(kid).build(),
          new Payload(CLAIMS),
          new RSASSASigner(key));
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private static String signed(RSAKey key) {
    return signed(JWSAlgorithm.RS256, key.getKeyID(), key);
  }

  private static String refused(Tokens tokens, String token) {
    return String.valueOf(
        assertThrows(InvalidCredentialException.class, () -> tokens.authenticate(token))
            .getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
  void findsTheKey_whateverTheHash(String algorithm) {
    String token = signed(JWSAlgorithm.parse(algorithm), "first", FIRST);

    assertEquals("maria", tokens().authenticate(token).name());
  }

  @Test
  void findsKeysOfCurves_andKeysWithoutAName() throws JOSEException {
    var key = new ECKeyGenerator(Curve.P_256).keyID("curve").generate();
    publish(FIRST, key.toPublicJWK());
    String token =
        TokenMint.signed(
            new JWSHeader(JWSAlgorithm.ES256), new Payload(CLAIMS), new ECDSASigner(key));

    assertEquals("maria", tokens().authenticate(token).name());
  }

  @Test
  void fetchesOnce_forManyTokens() {
    Tokens tokens = tokens();
    for (int i = 0; i < 100; i++) {
      tokens.authenticate(signed(FIRST));
    }

    assertEquals(1, fetches.get());
  }

  @Test
  void findsANewKeyAtOnce_andForgetsTheOldOne() {
    Tokens tokens = tokens();
    tokens.authenticate(signed(FIRST));
    publish(SECOND);

    assertEquals("maria", tokens.authenticate(signed(SECOND)).name());
    assertEquals(2, fetches.get());
    assertTrue(refused(tokens, signed(FIRST)).contains("its signature is not of a key"));
  }

  @Test
  void isNotMovedToHammerTheIssuer_byUnknownKeys() {
    Tokens tokens = tokens();
    for (int i = 0; i < 1_000; i++) {
      refused(tokens, signed(FIRST).replaceFirst("^[^.]*", header("unknown-" + i)));
    }

    assertEquals("maria", tokens.authenticate(signed(FIRST)).name());
    assertEquals(2, fetches.get());
  }

  private static String header(String kid) {
    return new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(kid).build().toBase64URL().toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../../../etc/passwd",
        "/dev/null",
        "first' OR '1'='1",
        "first\u0000",
        "FIRST",
        "http://127.0.0.1:1/keys",
        ""
      })
  void takesAKidForANameAndNothingElse(String kid) {
    String token = signed(JWSAlgorithm.RS256, kid, FIRST);

    assertTrue(refused(tokens(), token).contains("its signature is not of a key"));
  }

  @Test
  void refusesASignatureOfAnotherKey_underAKnownName() {
    assertTrue(
        refused(tokens(), signed(JWSAlgorithm.RS256, "first", SECOND)).contains("its signature"));
  }

  /** The public key is known to everybody; as a secret it would let everybody sign. */
  @Test
  void doesNotTakeAPublicKeyForASecret() throws JOSEException {
    for (byte[] guess :
        List.of(
            FIRST.toRSAPublicKey().getEncoded(),
            FIRST.toPublicJWK().toString().getBytes(StandardCharsets.UTF_8),
            FIRST.getModulus().decode())) {
      String token =
          TokenMint.signed(
              new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("first").build(),
              new Payload(CLAIMS),
              new MACSigner(guess));

      assertTrue(refused(tokens(), token).contains("algorithm HS256 is not taken here; a key of"));
    }
    assertEquals(0, fetches.get());
  }

  @Test
  void doesNotUseASecretOfTheKeySet() {
    publish(FIRST);
    OctetSequenceKey secret =
        new OctetSequenceKey.Builder(SECRET.getBytes(StandardCharsets.UTF_8))
            .keyID("secret")
            .build();
    published = new JWKSet(List.of(FIRST, secret)).toString(false);
    Tokens tokens = tokens();
    JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("secret").build();

    assertTrue(published.contains("\"oct\""), published);
    assertEquals("maria", tokens.authenticate(signed(FIRST)).name());
    assertTrue(refused(tokens, new TokenMint(SECRET).signed(header, CLAIMS)).contains("HS256"));
  }

  @Test
  void ignoresAKeyThatTheTokenBringsAlong() throws JOSEException {
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.RS256).jwk(SECOND.toPublicJWK()).keyID("second").build();
    String token = TokenMint.signed(header, new Payload(CLAIMS), new RSASSASigner(SECOND));

    assertTrue(refused(tokens(), token).contains("its signature is not of a key"));
  }

  @Test
  void doesNotCallATokenInvalid_whoseKeyCannotBeFetched() {
    Tokens tokens = tokens();
    issuer.stop(0);

    // More than the rate permits: those that were not even tried to fetch are no wiser.
    for (int i = 0; i < 5; i++) {
      KeysUnavailableException failure =
          assertThrows(KeysUnavailableException.class, () -> tokens.authenticate(signed(FIRST)));
      String message = String.valueOf(failure.getMessage());
      assertTrue(message.contains("/keys could not be fetched"), message);
      assertTrue(!message.contains("client=hub"), message);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>", "{}", "[]", "{\"keys\":7}"})
  void takesRubbishForAnOutage(String answer) {
    published = answer;

    assertThrows(KeysUnavailableException.class, () -> tokens().authenticate(signed(FIRST)));
  }

  @Test
  void readsNoEndlessAnswer() {
    published = new JWKSet(List.of(FIRST)) + " ".repeat(300 * 1024);

    assertThrows(KeysUnavailableException.class, () -> tokens().authenticate(signed(FIRST)));
  }

  @Test
  void keepsKnownKeys_throughAnOutage_andRecovers() throws InterruptedException {
    Tokens tokens = tokens(Duration.ofMillis(1));
    tokens.authenticate(signed(FIRST));
    status = 500;
    String ofNewKey = signed(SECOND);

    assertThrows(KeysUnavailableException.class, () -> tokens.authenticate(ofNewKey));
    assertEquals("maria", tokens.authenticate(signed(FIRST)).name());

    status = 200;
    publish(FIRST, SECOND);
    long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (true) {
      try {
        assertEquals("maria", tokens.authenticate(ofNewKey).name());
        return;
      } catch (KeysUnavailableException e) {
        assertTrue(System.nanoTime() < end, "still unavailable after 5 s");
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void startsNoThread() {
    Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());
    tokens().authenticate(signed(FIRST));

    List<String> left =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> !before.contains(thread))
            .map(Thread::getName)
            .filter(name -> !name.startsWith("HTTP-Dispatcher"))
            .toList();
    assertEquals(List.of(), left);
  }
}
