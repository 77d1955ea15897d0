package io.heliograph.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names and passwords that the realm accepted a while ago: sending one again is no guess, so the
 * {@link LoginThrottle} does not count it, however many requests a tool sends at once. The realm is
 * asked all the same.
 *
 * <p>Kept as a MAC under a key of this process: of no use to whoever reads the memory later. Any
 * thread; does not block.
 */
final class VerifiedPasswords {
  private static final Duration REMEMBERED = Duration.ofMinutes(10);
  private static final int LIMIT = 10_000;
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;
  private final Cache<String, Boolean> accepted =
      Caffeine.newBuilder().expireAfterWrite(REMEMBERED).maximumSize(LIMIT).build();

  VerifiedPasswords() {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    key = new SecretKeySpec(random, ALGORITHM);
  }

  boolean has(Presented.Password password) {
    return accepted.getIfPresent(code(password)) != null;
  }

  void add(Presented.Password password) {
    accepted.put(code(password), true);
  }

  /** The realm does not accept it any more. */
  void remove(Presented.Password password) {
    accepted.invalidate(code(password));
  }

  private String code(Presented.Password password) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(password.name().getBytes(UTF_8));
      // No name has it: they are without control characters.
      mac.update((byte) 0);
      return HexFormat.of().formatHex(mac.doFinal(password.password().getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }
}
