package io.heliograph.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.sun.net.httpserver.HttpServer;
import io.heliograph.access.TokenMint;
import io.heliograph.deployed.DeployedHub;
import io.heliograph.embedded.TestCaller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that nobody issued to whoever brings them, at a hub that knows a JWKS and a secret. */
class TokenAttackIT extends DeployedClients {
  private static final RSAKey ISSUERS = rsa("issuers");
  private static final RSAKey ATTACKERS = rsa("attackers");

  /** Paths that anybody asked the servers of keys for. */
  private static final Queue<String> ASKED = new ConcurrentLinkedQueue<>();

  private static final HttpServer ISSUER = serving(ISSUERS);
  private static final HttpServer ATTACKER = serving(ATTACKERS);

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with(
        "heliograph.jwt.jwks=" + url(ISSUER),
        "heliograph.jwt.issuer=https://login.example",
        "heliograph.jwt.audience=heliograph");
  }

  @AfterAll
  static void stopServers() {
    ISSUER.stop(0);
    ATTACKER.stop(0);
  }

  private static RSAKey rsa(String id) {
    try {
      return new RSAKeyGenerator(2048).keyID(id).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private static HttpServer serving(RSAKey key) {
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] body = new JWKSet(key.toPublicJWK()).toString().getBytes(UTF_8);
    server.createContext(
        "/",
        exchange -> {
          ASKED.add(key.getKeyID());
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static URI url(HttpServer server) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/keys");
  }

  private static Map<String, Object> claims() {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("sub", "mallory");
    claims.put("roles", List.of("events-admin"));
    claims.put("iss", "https://login.example");
    claims.put("aud", "heliograph");
    claims.put("exp", Instant.now().getEpochSecond() + 600);
    return claims;
  }

  private static Map<String, Object> claimsBut(String name, Object value) {
    Map<String, Object> claims = claims();
    claims.put(name, value);
    return claims;
  }

  private static String signed(RSAKey key, JWSHeader header, Map<String, Object> claims) {
    try {
      JWSObject token = new JWSObject(header, new Payload(claims));
      token.sign(new RSASSASigner(key));
      return token.serialize();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private static JWSHeader.Builder rs256(String kid) {
    return new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(kid);
  }

  /** A token of those very header bytes, with an HMAC of {@code key}. */
  private static String hmac(String header, byte[] key) {
    String signed = base64(header) + "." + base64(new Payload(claims()).toString());
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      byte[] code = mac.doFinal(signed.getBytes(UTF_8));
      return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(code);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }

  private void assertRefused(String token) {
    for (Door.Answer answer :
        List.of(
            door.as(token).get("api/v2/me"),
            door.as(null).get("api/v2/me?token=" + token),
            door.as(token).get("api/v2/admin/api-keys"),
            door.as(token).get("api/v2/streams"))) {
      answer.problem(401, "unauthorized");
      assertFalse(answer.body().contains(token), answer.body());
    }
  }

  /** Without it the others would prove nothing. */
  @Test
  void takesWhatTheIssuerSigned_andWhatASecretSigned() {
    String byKey = signed(ISSUERS, rs256("issuers").build(), claims());
    String bySecret = new TokenMint(TestCaller.SECRET).signed(claims());

    for (String token : List.of(byKey, bySecret)) {
      assertEquals(200, door.as(token).get("api/v2/admin/api-keys").status());
    }
  }

  @Test
  void refusesHs256_withThePublicKeyForASecret() throws JOSEException {
    byte[] der = ISSUERS.toRSAPublicKey().getEncoded();
    String lines = Base64.getMimeEncoder(64, "\n".getBytes(UTF_8)).encodeToString(der);
    String pem = "-----BEGIN PUBLIC KEY-----\n" + lines + "\n-----END PUBLIC KEY-----";
    String jwk = ISSUERS.toPublicJWK().toString();
    List<byte[]> spellings =
        List.of(
            der,
            pem.getBytes(UTF_8),
            (pem + "\n").getBytes(UTF_8),
            pem.replace("\n", "\r\n").getBytes(UTF_8),
            Base64.getEncoder().encode(der),
            jwk.getBytes(UTF_8),
            new JWKSet(ISSUERS.toPublicJWK()).toString().getBytes(UTF_8),
            ISSUERS.getModulus().toString().getBytes(UTF_8),
            ISSUERS.getModulus().decode());
    for (byte[] key : spellings) {
      assertRefused(hmac("{\"alg\":\"HS256\",\"kid\":\"issuers\"}", key));
      assertRefused(hmac("{\"alg\":\"HS256\"}", key));
      assertRefused(hmac("{\"alg\":\"RS256\",\"kid\":\"issuers\"}", key));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"none", "None", "NONE", "nOnE", " none", "none ", "", "null", "HS256\\u0000none"})
  void refusesATokenWithoutASignature(String algorithm) {
    String right = signed(ISSUERS, rs256("issuers").build(), claims());
    String header = base64("{\"alg\":\"" + algorithm + "\",\"kid\":\"issuers\"}");
    String payload = base64(new Payload(claims()).toString());

    assertRefused(header + "." + payload + ".");
    assertRefused(header + "." + payload);
    assertRefused(header + "." + payload + right.substring(right.lastIndexOf('.')));
    assertRefused(base64("{\"alg\":null}") + "." + payload + ".");
    assertRefused(base64("{}") + "." + payload + ".");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../../../../../dev/null",
        "/dev/null",
        "file:///dev/null",
        "..%2f..%2fdev%2fnull",
        "issuers' UNION SELECT '",
        "\\u0000",
        "|id",
        "",
      })
  void takesAKidForAName_andNotForAPlace(String kid) {
    String header = "{\"alg\":\"HS256\",\"kid\":\"" + kid + "\"}";
    // What a reader of such a file would have for a key.
    assertRefused(hmac(header, new byte[1]));
    assertRefused(hmac(header, new byte[32]));
    assertRefused(signed(ATTACKERS, rs256(kid.replace("\\u0000", "\0")).build(), claims()));
  }

  @Test
  void takesNoKeyFromTheTokenItself() throws Exception {
    List<JWSHeader> headers =
        List.of(
            rs256("issuers").build(),
            rs256("attackers").jwk(ATTACKERS.toPublicJWK()).build(),
            rs256("attackers").jwkURL(url(ATTACKER)).build(),
            rs256("attackers").x509CertURL(url(ATTACKER)).build());
    for (JWSHeader header : headers) {
      assertRefused(signed(ATTACKERS, header, claims()));
    }
    assertFalse(ASKED.contains("attackers"), "the hub has asked the attacker for a key");
  }

  @Test
  void refusesATokenThatWasChanged() {
    String[] right = signed(ISSUERS, rs256("issuers").build(), claims()).split("\\.", -1);
    String other = base64(new Payload(claimsBut("sub", "root")).toString());

    assertRefused(right[0] + "." + other + "." + right[2]);
    assertRefused(right[0] + "." + right[1] + ".");
    assertRefused(right[0] + "." + right[1] + "." + right[2] + "." + right[2]);
    assertRefused(right[0] + "." + right[1] + ".AAAA");
  }

  @Test
  void refusesATokenOutOfItsTime_orForSomebodyElse() {
    long now = Instant.now().getEpochSecond();
    Map<String, Object> endless = claims();
    endless.remove("exp");
    Map<String, Object> nobodys = claims();
    nobodys.remove("aud");
    List<Map<String, Object>> wrong =
        List.of(
            claimsBut("exp", now - 60),
            claimsBut("exp", "never"),
            endless,
            claimsBut("nbf", now + 60),
            claimsBut("iss", "https://login.example.evil"),
            claimsBut("iss", List.of("https://login.example")),
            claimsBut("aud", "another"),
            claimsBut("aud", List.of("another", "Heliograph")),
            claimsBut("aud", "heliograph,another"),
            nobodys);
    for (Map<String, Object> claims : wrong) {
      assertRefused(signed(ISSUERS, rs256("issuers").build(), claims));
      assertRefused(new TokenMint(TestCaller.SECRET).signed(claims));
    }
    String several =
        signed(ISSUERS, rs256("issuers").build(), claimsBut("aud", List.of("a", "heliograph")));
    assertEquals(200, door.as(several).get("api/v2/me").status());
  }
}
