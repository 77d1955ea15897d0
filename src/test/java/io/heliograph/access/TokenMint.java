package io.heliograph.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes tokens as an issuer would that shares {@code secret} with the hub. */
public final class TokenMint {
  private final String secret;

  /**
   * @param secret one of the hub's {@code heliograph.jwt.secrets}
   */
  public TokenMint(String secret) {
    this.secret = secret;
  }

  /** A token under the default claims: {@code sub}, {@code roles}, {@code tenant}. */
  public String token(String name, Set<String> roles, @Nullable String tenant, Instant expires) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("sub", name);
    claims.put("roles", List.copyOf(roles));
    if (tenant != null) {
      claims.put("tenant", tenant);
    }
    claims.put("exp", expires.getEpochSecond());
    return signed(claims);
  }

  /** A token of any claims, {@code exp} and the like in seconds. */
  public String signed(Map<String, Object> claims) {
    return signed(new JWSHeader(JWSAlgorithm.HS256), claims);
  }

  String signed(JWSHeader header, Map<String, Object> claims) {
    try {
      return signed(header, new Payload(claims), new MACSigner(bytes()));
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  byte[] bytes() {
    return secret.getBytes(StandardCharsets.UTF_8);
  }

  static String signed(JWSHeader header, Payload payload, JWSSigner signer) {
    try {
      JWSObject token = new JWSObject(header, payload);
      token.sign(signer);
      return token.serialize();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }
}
