package io.heliograph.access;

import io.heliograph.event.EventDraft;
import io.heliograph.event.InvalidEventException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the claims of a token whose signature is right, and what they make of its
 * bearer.
 *
 * @param issuer who must have made it; empty for anybody who has the key
 * @param audience for whom it must have been made; empty for anybody
 * @param skew by how much the issuer's clock may differ from ours
 * @param rolesPath the claim's name, or a path with dots into objects; likewise the next two
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7519#section-4.1">RFC 7519, 4.1</a>
 */
record TokenClaims(
    String issuer,
    String audience,
    Duration skew,
    String rolesPath,
    String tenantPath,
    String namePath) {

  /** The last second that people can write as a date. Whatever lasts longer lasts as long. */
  private static final double LATEST_SECOND = 253_402_300_799d;

  private static final Pattern BETWEEN_ROLES = Pattern.compile("[\\s,]+");

  /**
   * Whom {@code claims} speak of.
   *
   * @throws InvalidCredentialException saying which claim does not fit, and why
   */
  Caller caller(Map<String, Object> claims, Instant now) {
    Instant expires = expires(claims, now);
    requireStarted(claims, now);
    requireIssuer(claims);
    requireAudience(claims);
    String name = label(claims, namePath);
    if (name == null) {
      throw refused("it has no claim '" + namePath + "', which names its bearer");
    }
    return new Caller(
        name,
        roles(claims),
        label(claims, tenantPath),
        new Credential(Credential.Kind.TOKEN, "", expires));
  }

  private Instant expires(Map<String, Object> claims, Instant now) {
    Instant end = time(claims, "exp");
    if (end == null) {
      throw refused("it has no claim 'exp'; tokens without an end are not taken here");
    }
    Instant last = end.plus(skew);
    if (!now.isBefore(last)) {
      throw refused("it expired at " + end + ", now is " + now + "; get a new one");
    }
    return last;
  }

  private void requireStarted(Map<String, Object> claims, Instant now) {
    Instant start = time(claims, "nbf");
    if (start != null && now.isBefore(start.minus(skew))) {
      throw refused("it is not valid before " + start + ", now is " + now);
    }
  }

  private void requireIssuer(Map<String, Object> claims) {
    if (!issuer.isEmpty() && !issuer.equals(claims.get("iss"))) {
      throw refused("its claim 'iss' is not '" + issuer + "', as heliograph.jwt.issuer asks");
    }
  }

  private void requireAudience(Map<String, Object> claims) {
    Object given = claims.get("aud");
    List<?> audiences = given instanceof List<?> several ? several : Arrays.asList(given);
    if (!audience.isEmpty() && !audiences.contains(audience)) {
      throw refused(
          "its claim 'aud' does not contain '" + audience + "', as heliograph.jwt.audience asks");
    }
  }

  /** Names that are no roles here are other applications', and dropped by {@link Caller}. */
  private Set<String> roles(Map<String, Object> claims) {
    Object given = found(claims, rolesPath);
    Set<String> names = new TreeSet<>();
    if (given instanceof String text) {
      names.addAll(List.of(BETWEEN_ROLES.split(text)));
    } else if (given instanceof List<?> several) {
      for (Object one : several) {
        if (!(one instanceof String text)) {
          throw refused("its claim '" + rolesPath + "' has items that are no strings");
        }
        names.add(text);
      }
    } else if (given != null) {
      throw refused("its claim '" + rolesPath + "' is neither a string nor an array of them");
    }
    return names;
  }

  private static @Nullable String label(Map<String, Object> claims, String path) {
    Object given = found(claims, path);
    if (given == null) {
      return null;
    }
    if (!(given instanceof String text)) {
      throw refused("its claim '" + path + "' is no string");
    }
    try {
      EventDraft.requireText("claim '" + path + "'", text, EventDraft.LABEL_LIMIT);
    } catch (InvalidEventException e) {
      throw new InvalidCredentialException("the token is not taken: " + e.getMessage());
    }
    return text;
  }

  /**
   * What stands at {@code path}; null if nothing does, or null. A claim whose own name has dots, as
   * those that are named by a URL have, comes first.
   */
  private static @Nullable Object found(Map<String, Object> claims, String path) {
    if (claims.containsKey(path)) {
      return claims.get(path);
    }
    Object here = claims;
    for (String step : path.split("\\.", -1)) {
      if (!(here instanceof Map<?, ?> object)) {
        throw refused("its claim '" + path + "' leads through something that is no object");
      }
      here = object.get(step);
      if (here == null) {
        return null;
      }
    }
    return here;
  }

  private static @Nullable Instant time(Map<String, Object> claims, String name) {
    Object given = claims.get(name);
    if (given == null) {
      return null;
    }
    if (!(given instanceof Number seconds)) {
      throw refused("its claim '" + name + "' is no number of seconds");
    }
    // Fractions are allowed (RFC 7519, 2), and a double has milliseconds to spare in any year.
    double within = Math.max(0, Math.min(seconds.doubleValue(), LATEST_SECOND));
    return Instant.ofEpochMilli((long) (within * 1000));
  }

  static InvalidCredentialException refused(String what) {
    return new InvalidCredentialException("the token is not taken: " + what);
  }
}
