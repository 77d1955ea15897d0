package io.heliograph.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Callers that every hub in tests and benchmarks knows, by tokens: its settings carry {@link
 * #SECRET} ({@link Unlimited}). With the JDK alone: the benchmark's clients have no libraries.
 */
public final class TestCaller {
  /** Of no hub but those in tests. */
  public static final String SECRET = "only-for-tests-0123456789-abcdefghij";

  /** May do everything. */
  public static final String TOKEN =
      token("tests", null, "events-read-all", "events-publish", "events-admin");

  /** Its request header, with the end of its line. */
  public static final String HEADER = "Authorization: Bearer " + TOKEN + "\r\n";

  private TestCaller() {}

  /** The token of a caller, for a day. */
  public static String token(String name, @Nullable String tenant, String... roles) {
    return token(name, tenant, Instant.now().plus(Duration.ofDays(1)), roles);
  }

  public static String token(
      String name, @Nullable String tenant, Instant expires, String... roles) {
    String signed =
        encoded("{\"alg\":\"HS256\"}")
            + "."
            + encoded(
                ("{\"sub\":\"" + name + "\",\"exp\":" + expires.getEpochSecond())
                    + (tenant == null ? "" : ",\"tenant\":\"" + tenant + "\"")
                    + (",\"roles\":\"" + String.join(" ", roles) + "\"}"));
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
      return signed + "." + encoded(mac.doFinal(signed.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String encoded(String text) {
    return encoded(text.getBytes(UTF_8));
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
