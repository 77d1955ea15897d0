package io.heliograph.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.DirectEncrypter;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.util.Base64URL;
import io.heliograph.event.EventDraft;
import io.heliograph.settings.InvalidSettingsException;
import io.heliograph.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tokens count, and whom they speak of; under secrets. */
class TokensTest {
  private static final String SECRET = "an-issuer's-secret-of-forty-two-characters";
  private static final String NEXT_SECRET = "another-secret-which-will-replace-that-one";
  private static final TokenMint MINT = new TokenMint(SECRET);
  private static final Instant SOON = HandClock.START.plusSeconds(60);

  private final HandClock clock = new HandClock();

  private Tokens tokens(String... keysAndValues) {
    Map<String, String> values = new HashMap<>();
    values.put("heliograph.jwt.secrets", SECRET + "," + NEXT_SECRET);
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put("heliograph.jwt." + keysAndValues[i], keysAndValues[i + 1]);
    }
    Settings settings = Settings.of(values);
    Tokens tokens = Tokens.read(settings, clock, Duration.ofSeconds(30));
    settings.check();
    return tokens;
  }

  private static String problems(Map<String, String> values) {
    Settings settings = Settings.of(values);
    Tokens.read(settings);
    return String.valueOf(
        assertThrows(InvalidSettingsException.class, settings::check).getMessage());
  }

  private static void refuses(Tokens tokens, String token, String reason) {
    String message =
        String.valueOf(
            assertThrows(InvalidCredentialException.class, () -> tokens.authenticate(token))
                .getMessage());
    assertTrue(message.contains(reason), message);
    for (String part : token.split("\\.", -1)) {
      assertFalse(part.length() > 8 && message.contains(part), message);
    }
  }

  private static Map<String, Object> claims(Object... keysAndValues) {
    Map<String, Object> claims =
        new HashMap<>(Map.of("sub", "maria", "exp", SOON.getEpochSecond()));
    for (int i = 0; i < keysAndValues.length; i += 2) {
      claims.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return claims;
  }

  private static String signed(Object... keysAndValues) {
    return MINT.signed(claims(keysAndValues));
  }

  private static String encoded(String text) {
    return Base64URL.encode(text).toString();
  }

  @Test
  void saysWhoTheBearerIs_andWhenTheTokenEnds() {
    Caller caller =
        tokens()
            .authenticate(
                MINT.token("maria", Set.of(Roles.READ_OWN, "of-another-application"), "7", SOON));

    assertEquals(
        new Caller(
            "maria",
            Set.of(Roles.READ_OWN),
            "7",
            new Credential(Credential.Kind.TOKEN, "", SOON.plusSeconds(2))),
        caller);
  }

  @Test
  void refusesEverything_withoutKeys() {
    Tokens none = tokens("secrets", "");

    assertFalse(none.isConfigured());
    refuses(none, signed(), "not configured here; set heliograph.jwt.secrets");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "None", "NONE", "nOnE", "", "HS384", "HS512", "RS256", "ES256"})
  void refusesAlgorithmsThatWereNotConfigured(String algorithm) {
    String header = encoded("{\"alg\":\"" + algorithm + "\"}");
    String payload = encoded("{\"sub\":\"maria\",\"exp\":" + SOON.getEpochSecond() + "}");

    refuses(tokens(), header + "." + payload + ".", "HS256 with a configured secret is");
    refuses(
        tokens(), header + "." + payload + ".c2lnbmF0dXJl", "HS256 with a configured secret is");
  }

  @Test
  void refusesLongerHmacs_whateverTheSecret() throws JOSEException {
    String secret = "s".repeat(64);
    String token =
        TokenMint.signed(
            new JWSHeader(JWSAlgorithm.HS512), new Payload(claims()), new MACSigner(secret));

    refuses(tokens("secrets", secret), token, "algorithm HS512 is not taken here");
  }

  @Test
  void takesSecretsThatReplaceEachOther_andRefusesARemovedOne() {
    String next = new TokenMint(NEXT_SECRET).signed(claims());

    assertEquals("maria", tokens().authenticate(next).name());
    assertEquals("maria", tokens().authenticate(signed()).name());
    refuses(tokens("secrets", NEXT_SECRET), signed(), "signature is not of a key that counts");
  }

  @Test
  void refusesWhatWasTamperedWith() {
    String[] maria = signed().split("\\.", -1);
    String[] admin = signed("sub", "root").split("\\.", -1);

    refuses(tokens(), maria[0] + "." + admin[1] + "." + maria[2], "its signature");
    refuses(tokens(), maria[0] + "." + maria[1] + "." + admin[2], "its signature");
    refuses(tokens(), maria[0] + "." + maria[1] + ".", "no JSON Web Token");
    refuses(tokens(), maria[0] + "." + maria[1] + ".AAAA", "its signature");
  }

  @Test
  void refusesEncryptedTokens() throws JOSEException {
    JWEObject token =
        new JWEObject(
            new JWEHeader(JWEAlgorithm.DIR, EncryptionMethod.A256GCM), new Payload(claims()));
    token.encrypt(new DirectEncrypter(Arrays.copyOf(MINT.bytes(), 32)));

    refuses(tokens(), token.serialize(), "it is encrypted");
  }

  @Test
  void refusesHeadersThatAskForExtensions() {
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.HS256)
            .criticalParams(Set.of("exp"))
            .customParam("exp", 1)
            .build();

    refuses(tokens(), MINT.signed(header, claims()), "'crit'");
  }

  @Test
  void looksNeitherAtKeysNorAtAddressesInTheHeader() {
    String payload = encoded("{\"sub\":\"root\",\"exp\":" + SOON.getEpochSecond() + "}");
    for (String member :
        List.of(
            "\"jku\":\"http://127.0.0.1:1/keys\"",
            "\"x5u\":\"http://127.0.0.1:1/cert\"",
            "\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}",
            "\"kid\":\"/dev/null\"")) {
      String header = encoded("{\"alg\":\"HS256\"," + member + "}");
      assertThrows(
          InvalidCredentialException.class,
          () -> tokens().authenticate(header + "." + payload + ".AAAA"),
          member);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "..", "...", "a.b.c", "hk_1234", "e30.e30.e30", "💥.💥.💥", "null"})
  void refusesRubbish(String token) {
    assertThrows(InvalidCredentialException.class, () -> tokens().authenticate(token));
  }

  @Test
  void refusesHugeAndDeepOnes() {
    refuses(tokens(), "a".repeat(16 * 1024 + 1), "16385 characters, the limit is 16384");
    refuses(tokens(), encoded("{\"alg\":".repeat(1500)) + ".e30.AAAA", "no JSON Web Token");
    refuses(
        tokens(),
        TokenMint.signed(
            new JWSHeader(JWSAlgorithm.HS256),
            new Payload("{\"a\":" + "[".repeat(10_000)),
            signer()),
        "no JSON object of claims");
  }

  private static MACSigner signer() {
    try {
      return new MACSigner(MINT.bytes());
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void keepsToTheEnd_withTheSkewAndNotAMomentLonger() {
    Tokens tokens = tokens("clock-skew", "5s");
    clock.advance(Duration.ofSeconds(64).plusMillis(999));
    assertEquals("maria", tokens.authenticate(signed()).name());

    clock.advance(Duration.ofMillis(1));
    refuses(tokens, signed(), "it expired at 2026-11-21T10:01:00Z, now is 2026-11-21T10:01:05Z");
  }

  @Test
  void keepsToTheStart_withTheSkewAndNotAMomentEarlier() {
    Tokens tokens = tokens("clock-skew", "5s");
    String token = signed("nbf", HandClock.START.plusSeconds(10).getEpochSecond());
    clock.advance(Duration.ofMillis(4_999));
    refuses(tokens, token, "it is not valid before 2026-11-21T10:00:10Z");

    clock.advance(Duration.ofMillis(1));
    assertEquals("maria", tokens.authenticate(token).name());
  }

  @Test
  void needsAnEndThatIsANumber() {
    refuses(tokens(), MINT.signed(Map.of("sub", "maria")), "no claim 'exp'");
    refuses(tokens(), signed("exp", "tomorrow"), "'exp' is no number");
    refuses(tokens(), signed("exp", -1e300), "it expired at 1970-01-01T00:00:00Z");
    refuses(tokens(), signed("nbf", Long.MAX_VALUE), "not valid before 9999-12-31T23:59:59Z");
    assertEquals(
        Instant.parse("9999-12-31T23:59:59Z").plusSeconds(2),
        tokens().authenticate(signed("exp", Long.MAX_VALUE)).credential().expires());
    assertEquals("maria", tokens().authenticate(signed("exp", SOON.getEpochSecond() + 0.5)).name());
  }

  @Test
  void doesNotCareWhenItWasIssued() {
    assertEquals("maria", tokens().authenticate(signed("iat", 99_999_999_999L)).name());
  }

  @Test
  void asksForTheIssuer_whereOneIsConfigured() {
    Tokens tokens = tokens("issuer", "https://issuer.example");

    refuses(tokens, signed(), "'iss' is not 'https://issuer.example'");
    refuses(tokens, signed("iss", "https://issuer.example.evil"), "'iss' is not");
    refuses(tokens, signed("iss", List.of("https://issuer.example")), "'iss' is not");
    assertEquals("maria", tokens.authenticate(signed("iss", "https://issuer.example")).name());
  }

  @Test
  void asksForTheAudience_whereOneIsConfigured() {
    Tokens tokens = tokens("audience", "hub");

    refuses(tokens, signed(), "'aud' does not contain 'hub'");
    refuses(tokens, signed("aud", "hubs"), "'aud' does not contain 'hub'");
    refuses(tokens, signed("aud", List.of("a", "b")), "'aud' does not contain 'hub'");
    assertEquals("maria", tokens.authenticate(signed("aud", "hub")).name());
    assertEquals("maria", tokens.authenticate(signed("aud", List.of("a", "hub"))).name());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "events-publish events-read-all",
        " events-publish,\tevents-read-all , admin",
        "events-read-all,,events-publish"
      })
  void readsRolesFromOneString(String text) {
    assertEquals(
        Set.of(Roles.PUBLISH, Roles.READ_ALL),
        tokens().authenticate(signed("roles", text)).roles());
  }

  @Test
  void readsClaimsInsideObjects_andThoseWithDotsInTheirNames() {
    Tokens tokens =
        tokens(
            "claims.roles", "realm_access.roles",
            "claims.tenant", "https://example.org/tenant",
            "claims.name", "user.name");
    String token =
        signed(
            "realm_access", Map.of("roles", List.of(Roles.READ_ALL)),
            "https://example.org/tenant", "7",
            "user", Map.of("name", "maria.m"));

    Caller caller = tokens.authenticate(token);

    assertEquals("maria.m", caller.name());
    assertEquals("7", caller.tenant());
    assertEquals(Set.of(Roles.READ_ALL), caller.roles());
    refuses(tokens, signed("user", "maria"), "'user.name' leads through something");
    refuses(tokens, signed("user", Map.of()), "no claim 'user.name'");
  }

  @Test
  void hasNeitherRolesNorTenant_withoutTheirClaims() {
    Caller caller = tokens().authenticate(signed());

    assertEquals(Set.of(), caller.roles());
    assertNull(caller.tenant());
  }

  @Test
  void refusesClaimsOfAnotherType() {
    refuses(tokens(), signed("roles", 7), "'roles' is neither a string nor an array");
    refuses(tokens(), signed("roles", Map.of("events-admin", true)), "'roles' is neither");
    refuses(tokens(), signed("roles", List.of("events-admin", 7)), "'roles' has items");
    refuses(tokens(), signed("tenant", 7), "'tenant' is no string");
    refuses(tokens(), signed("sub", List.of("maria")), "'sub' is no string");
  }

  @Test
  void refusesNamesThatNobodyCanHave() {
    String tooLong = "x".repeat(EventDraft.LABEL_LIMIT + 1);

    refuses(tokens(), signed("sub", ""), "claim 'sub': 0 characters");
    refuses(tokens(), signed("sub", tooLong), "claim 'sub': 257 characters");
    refuses(tokens(), signed("sub", "ma\nria"), "claim 'sub': control character U+000A");
    refuses(tokens(), signed("tenant", ""), "claim 'tenant': 0 characters");
    refuses(tokens(), signed("tenant", "7\u0000"), "claim 'tenant': control character");
    refuses(tokens(), MINT.signed(Map.of("exp", SOON.getEpochSecond())), "no claim 'sub'");
  }

  @Test
  void refusesShortSecrets_withoutSayingThem() {
    String message =
        problems(Map.of("heliograph.jwt.secrets", SECRET + ",pässword-pässword-pässwor"));

    assertTrue(message.contains("secret 2 of the list has 28 bytes, it takes 32"), message);
    assertFalse(message.contains("ssword") || message.contains(SECRET), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jwks|ftp://issuer.example/keys|'ftp://issuer.example/keys' was given",
        "jwks|/keys|'/keys' was given",
        "jwks|http:keys|'http:keys' was given",
        "jwks|https://maria:pass@issuer.example|a text with '@' was given",
        "clock-skew|6m|360 s were given, it takes 5m at most",
        "claims.roles|realm..roles|'realm..roles' was given",
        "claims.name|.|'.' was given"
      })
  void refusesValuesThatDoNotFit(String key, String value, String problem) {
    String message =
        problems(Map.of("heliograph.jwt.secrets", SECRET, "heliograph.jwt." + key, value));

    assertTrue(message.contains("heliograph.jwt." + key + ": " + problem), message);
    assertFalse(message.contains("pass@"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"issuer", "audience", "clock-skew", "claims.roles"})
  void refusesWhatConcernsTokens_whereNoKeyIsGiven(String key) {
    String message = problems(Map.of("heliograph.jwt." + key, "5s"));

    assertTrue(message.contains("heliograph.jwt." + key + ": was given, but no key"), message);
  }
}
