package io.heliograph.access;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The body of a login: {@code {"name":"maria","password":"..."}}.
 *
 * <p>Read where the container asks who is there, on its own thread, for the realm can be asked
 * nowhere else. So it is small, and no more than {@link #SLOW} of those threads wait for one that
 * has not arrived with its headers, and one for each network.
 */
final class LoginForm {
  private static final int LIMIT_BYTES = 8 * 1024;

  /** Of the container's threads, of which servers have some hundreds. */
  private static final Semaphore SLOW = new Semaphore(8);

  /** Networks with a body on its way: one each, so that nobody can take all of those threads. */
  private static final Set<String> WAITING = ConcurrentHashMap.newKeySet();

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .recyclerPool(JsonRecyclerPools.newBoundedPool(4))
          .build();

  /** Whoever is slower than that, byte by byte, would hold one of those threads for ever. */
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private LoginForm() {}

  /**
   * The name and password in {@code request}'s body.
   *
   * @throws InvalidCredentialException if there are none
   */
  static Presented.Password in(HttpServletRequest request, String network) {
    String type = request.getContentType();
    int length = request.getContentLength();
    if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
      throw refused("it takes application/json");
    }
    if (length < 0 || length > LIMIT_BYTES) {
      throw refused("it takes a body of at most " + LIMIT_BYTES + " bytes with a Content-Length");
    }
    try {
      return parsed(bytes(request, length, network));
    } catch (IOException e) {
      throw refused("its body is not what it takes");
    }
  }

  private static byte[] bytes(HttpServletRequest request, int length, String network)
      throws IOException {
    if (request.getInputStream().available() >= length) {
      return request.getInputStream().readNBytes(length);
    }
    if (!WAITING.add(network)) {
      throw tooMany("a login from this address is still on its way");
    }
    try {
      return shared(request.getInputStream(), length);
    } finally {
      WAITING.remove(network);
    }
  }

  private static byte[] shared(InputStream in, int length) throws IOException {
    if (!SLOW.tryAcquire()) {
      throw tooMany("too many logins are still on their way");
    }
    try {
      return awaited(in, length);
    } finally {
      SLOW.release();
    }
  }

  /** What sends nothing at all is ended by the container's own read time-out (Payara: 30 s). */
  private static byte[] awaited(InputStream in, int length) throws IOException {
    long start = System.nanoTime();
    byte[] bytes = new byte[length];
    int came = 0;
    while (came < length) {
      int read = in.read(bytes, came, length - came);
      if (read < 0) {
        throw refused("its body ended after " + came + " of " + length + " bytes");
      }
      came += read;
      if (System.nanoTime() - start > DEADLINE.toNanos()) {
        throw refused("its body takes longer than " + DEADLINE.toSeconds() + " s");
      }
    }
    return bytes;
  }

  private static Presented.Password parsed(byte[] bytes) throws IOException {
    @Nullable String name = null;
    @Nullable String password = null;
    try (JsonParser json = FACTORY.createParser(bytes)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw refused("its body is not what it takes");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        if (json.nextToken() != JsonToken.VALUE_STRING) {
          throw refused("its body is not what it takes");
        }
        switch (field) {
          case "name" -> name = json.getText();
          case "password" -> password = json.getText();
          default -> throw refused("its body is not what it takes");
        }
      }
    }
    if (name == null || password == null) {
      throw refused("its body is not what it takes");
    }
    return Presented.password(name, password, false);
  }

  private static TooManyLoginsException tooMany(String why) {
    return new TooManyLoginsException(
        why + "; send name and password in one piece, or try again in a moment",
        Duration.ofSeconds(1));
  }

  private static InvalidCredentialException refused(String why) {
    return new InvalidCredentialException(
        "the login was not understood: " + why + ", {\"name\":\"...\",\"password\":\"...\"}");
  }
}
