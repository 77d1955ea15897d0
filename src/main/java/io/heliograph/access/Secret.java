package io.heliograph.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Secrets that the hub makes, and what it keeps of them.
 *
 * <p>A plain SHA-256 is enough: nobody guesses 256 random bits, however fast the hash is.
 * Passwords, which people choose, are the server's realm's.
 */
final class Secret {
  private static final int BYTES = 32;

  /** Characters of a secret: its bytes in base64url, without padding. */
  static final int LENGTH = 43;

  /** Characters of an id: 60 random bits, which nobody needs to keep secret. */
  static final int ID_LENGTH = 12;

  private static final String ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

  private static final SecureRandom RANDOM = new SecureRandom();

  private Secret() {}

  static String make() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static String makeId() {
    StringBuilder id = new StringBuilder(ID_LENGTH);
    for (int i = 0; i < ID_LENGTH; i++) {
      id.append(ID_ALPHABET.charAt(RANDOM.nextInt(ID_ALPHABET.length())));
    }
    return id.toString();
  }

  /** Whether {@code text} could be an id; looks at no more of it than an id has. */
  static boolean isId(String text) {
    return text.length() == ID_LENGTH && text.chars().allMatch(c -> ID_ALPHABET.indexOf(c) >= 0);
  }

  /** Whether {@code text} could be a secret; likewise. */
  static boolean isSecret(String text) {
    return text.length() == LENGTH
        && text.chars()
            .allMatch(
                c ->
                    (c >= 'A' && c <= 'Z')
                        || (c >= 'a' && c <= 'z')
                        || (c >= '0' && c <= '9')
                        || c == '-'
                        || c == '_');
  }

  /** What is kept of a secret. */
  static String hash(String secret) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Whether two hashes are equal, in a time that does not tell how far they are. */
  static boolean isSame(String hash, String other) {
    return MessageDigest.isEqual(
        hash.getBytes(StandardCharsets.US_ASCII), other.getBytes(StandardCharsets.US_ASCII));
  }
}
