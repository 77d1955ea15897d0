package io.heliograph.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.Header;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObject;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.util.Base64URL;
import io.heliograph.settings.Settings;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * JSON Web Tokens: whose signatures count here, and who their bearers are.
 *
 * <p>The header says how a token was signed and is the bearer's word until the signature was
 * verified. So it selects among what the settings allow and nothing else: HS256 is verified by the
 * configured secrets only, the other algorithms by the issuer's published keys only, {@code kid}
 * finds one among those, and keys or addresses of keys in the header are never looked at. Any
 * thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8725">RFC 8725, JSON Web Token Best Current
 *     Practices</a>
 */
public final class Tokens {
  private static final Duration REMEMBERED = Duration.ofMinutes(1);

  /** Of all remembered tokens together. */
  private static final long REMEMBERED_CHARACTERS = 4L << 20;

  private static final System.Logger LOG = System.getLogger(Tokens.class.getName());

  private static final String SECRETS = "jwt.secrets";
  private static final String JWKS = "jwt.jwks";
  private static final String SKEW = "jwt.clock-skew";

  /** HS256's own hash is as long (RFC 7518, 3.2); shorter secrets can be found by trying. */
  private static final int SECRET_BYTES = 32;

  /** Clocks that differ by more are broken, and each minute is one more for a stolen token. */
  private static final Duration SKEW_LIMIT = Duration.ofMinutes(5);

  /** Containers refuse headers from 8 KiB; only a query or form could bring more. */
  private static final int LENGTH_LIMIT = 16 * 1024;

  /** What an algorithm's name may look like to be said again in an answer. */
  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9]{1,10}");

  private final List<MACVerifier> secrets;
  private final @Nullable RemoteKeys keys;
  private final TokenClaims claims;
  private final InstantSource clock;

  /**
   * Callers by tokens that were verified a moment ago: who publishes sends the same one each time.
   * Only where secrets alone sign, which stay as they are; an issuer may withdraw a key of its own.
   */
  private final Cache<String, Caller> remembered =
      Caffeine.newBuilder()
          .expireAfterWrite(REMEMBERED)
          .maximumWeight(REMEMBERED_CHARACTERS)
          .weigher((String token, Caller caller) -> token.length())
          .build();

  Tokens(
      List<MACVerifier> secrets,
      @Nullable RemoteKeys keys,
      TokenClaims claims,
      InstantSource clock) {
    this.secrets = List.copyOf(secrets);
    this.keys = keys;
    this.claims = claims;
    this.clock = clock;
  }

  /** Reads {@code heliograph.jwt.*}. Fetches nothing yet. */
  public static Tokens read(Settings settings) {
    return read(settings, InstantSource.system(), RemoteKeys.FETCH_PERIOD);
  }

  static Tokens read(Settings settings, InstantSource clock, Duration fetchPeriod) {
    List<MACVerifier> secrets = secrets(settings);
    RemoteKeys keys = keys(settings, fetchPeriod);
    TokenClaims claims =
        new TokenClaims(
            settings.text("jwt.issuer", ""),
            settings.text("jwt.audience", ""),
            skew(settings),
            path(settings, "jwt.claims.roles", "roles"),
            path(settings, "jwt.claims.tenant", "tenant"),
            path(settings, "jwt.claims.name", "sub"));
    if (settings.list(SECRETS, "").isEmpty() && settings.text(JWKS, "").isEmpty()) {
      for (String key : settings.presentKeys("jwt.")) {
        if (!key.equals(SECRETS) && !key.equals(JWKS)) {
          settings.problem(
              Settings.PREFIX
                  + key
                  + ": was given, but no key; set heliograph.jwt.secrets or .jwks");
        }
      }
    }
    if (!settings.text(JWKS, "").isEmpty() && settings.text("jwt.audience", "").isEmpty()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "heliograph.jwt.jwks is set and heliograph.jwt.audience is not: tokens that its issuer"
              + " made for other applications are taken, too; set what theirs does not say");
    }
    return new Tokens(secrets, keys, claims, clock);
  }

  private static List<MACVerifier> secrets(Settings settings) {
    List<MACVerifier> verifiers = new ArrayList<>();
    int number = 0;
    for (String secret : settings.list(SECRETS, "")) {
      number++;
      byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
      if (bytes.length < SECRET_BYTES) {
        settings.problem(
            Settings.PREFIX
                + SECRETS
                + (": secret " + number + " of the list has " + bytes.length + " bytes, it takes ")
                + (SECRET_BYTES + " at least; openssl rand -base64 48 makes one"));
        continue;
      }
      try {
        verifiers.add(new MACVerifier(bytes));
      } catch (JOSEException e) {
        throw new IllegalStateException("HS256 needs " + SECRET_BYTES + " bytes and had them", e);
      }
    }
    return verifiers;
  }

  private static @Nullable RemoteKeys keys(Settings settings, Duration fetchPeriod) {
    String text = settings.text(JWKS, "");
    if (text.isEmpty()) {
      return null;
    }
    try {
      URI uri = new URI(text);
      boolean isHttp = "http".equalsIgnoreCase(uri.getScheme());
      boolean isHttps = "https".equalsIgnoreCase(uri.getScheme());
      if ((isHttp || isHttps) && uri.getHost() != null && uri.getUserInfo() == null) {
        return new RemoteKeys(uri.toURL(), fetchPeriod);
      }
    } catch (URISyntaxException | MalformedURLException | IllegalArgumentException e) {
      // Said below, for every kind of misfit.
    }
    // Before an '@' there may be a password.
    String seen = text.contains("@") ? "a text with '@'" : "'" + text + "'";
    settings.problem(
        Settings.PREFIX
            + JWKS
            + (": "
                + seen
                + " was given, it takes an http or https URL without user and password"));
    return null;
  }

  private static Duration skew(Settings settings) {
    Duration skew = settings.duration(SKEW, "2s");
    if (skew.compareTo(SKEW_LIMIT) > 0) {
      settings.problem(
          Settings.PREFIX
              + SKEW
              + (": " + skew.toSeconds() + " s were given, it takes " + SKEW_LIMIT.toMinutes())
              + "m at most");
    }
    return skew;
  }

  private static String path(Settings settings, String key, String defaultPath) {
    String path = settings.text(key, defaultPath);
    if (List.of(path.split("\\.", -1)).contains("")) {
      settings.problem(
          Settings.PREFIX
              + key
              + (": '" + path + "' was given, it takes a claim's name, or names joined by single ")
              + "dots, as realm_access.roles");
    }
    return path;
  }

  /** Whether any token can be valid here. */
  public boolean isConfigured() {
    return !secrets.isEmpty() || keys != null;
  }

  /**
   * The bearer of {@code token}, whose credential ends when the token does. May wait some seconds
   * for the issuer's keys; never call it from a container's I/O thread.
   *
   * @throws InvalidCredentialException saying what is wrong with the token, and nothing of it
   * @throws KeysUnavailableException if its key had to be fetched and could not be; retry is safe
   */
  public Caller authenticate(String token) {
    if (!isConfigured()) {
      throw new InvalidCredentialException(
          "tokens are not configured here; set heliograph.jwt.secrets or heliograph.jwt.jwks");
    }
    if (token.length() > LENGTH_LIMIT) {
      throw TokenClaims.refused(
          "it has " + token.length() + " characters, the limit is " + LENGTH_LIMIT);
    }
    Caller known = remembered.getIfPresent(token);
    if (known != null && !Moments.isOver(known.credential().expires(), clock.instant())) {
      return known;
    }
    Caller caller = claims.caller(verified(token), clock.instant());
    if (keys == null) {
      remembered.put(token, caller);
    }
    return caller;
  }

  /** The claims of {@code token}, once it is certain who signed them. */
  private Map<String, Object> verified(String token) {
    try {
      Base64URL[] parts = JOSEObject.split(token);
      Header header = Header.parse(parts[0]);
      if (parts.length != 3 || header instanceof JWEHeader) {
        throw TokenClaims.refused("it is encrypted; only signed ones are read here");
      }
      requireAlgorithm(header);
      JWSObject signed = new JWSObject(parts[0], parts[1], parts[2]);
      if (signed.getHeader().getCriticalParams() != null
          || !signed.getHeader().isBase64URLEncodePayload()) {
        throw TokenClaims.refused("its header asks for extensions ('crit', 'b64') unknown here");
      }
      if (!isSignedRightly(signed)) {
        throw TokenClaims.refused("its signature is not of a key that counts here");
      }
      Map<String, Object> claims = signed.getPayload().toJSONObject();
      if (claims == null) {
        throw TokenClaims.refused("it is signed rightly, but carries no JSON object of claims");
      }
      return claims;
    } catch (ParseException | IllegalArgumentException e) {
      // The message of either may say the token again.
      throw TokenClaims.refused("it is no JSON Web Token: three parts, the first a JSON header");
    }
  }

  private void requireAlgorithm(Header header) {
    String name = header.getAlgorithm().getName();
    if (!allowed().contains(name) || !(header instanceof JWSHeader)) {
      String seen = PLAIN_NAME.matcher(name).matches() ? "algorithm " + name : "algorithm";
      List<String> ways = new ArrayList<>();
      if (!secrets.isEmpty()) {
        ways.add("HS256 with a configured secret");
      }
      if (keys != null) {
        ways.add("a key of the JWKS, by " + String.join(", ", asymmetric()));
      }
      throw TokenClaims.refused(
          "its " + seen + " is not taken here; " + String.join(", or ", ways) + " is");
    }
  }

  private Set<String> allowed() {
    Set<String> names = new TreeSet<>();
    if (!secrets.isEmpty()) {
      names.add(JWSAlgorithm.HS256.getName());
    }
    if (keys != null) {
      names.addAll(asymmetric());
    }
    return names;
  }

  private static Set<String> asymmetric() {
    Set<String> names = new TreeSet<>();
    RemoteKeys.ALGORITHMS.forEach(algorithm -> names.add(algorithm.getName()));
    return names;
  }

  private boolean isSignedRightly(JWSObject signed) {
    for (JWSVerifier verifier : verifiers(signed.getHeader())) {
      try {
        if (verifier.verify(signed.getHeader(), signed.getSigningInput(), signed.getSignature())) {
          return true;
        }
      } catch (JOSEException e) {
        // A signature that this key cannot even be tried on is not its.
      }
    }
    return false;
  }

  private List<? extends JWSVerifier> verifiers(JWSHeader header) {
    if (header.getAlgorithm().equals(JWSAlgorithm.HS256)) {
      return secrets;
    }
    List<JWSVerifier> verifiers = new ArrayList<>();
    if (keys != null) {
      for (Key key : keys.matching(header)) {
        try {
          verifiers.add(new DefaultJWSVerifierFactory().createJWSVerifier(header, key));
        } catch (JOSEException e) {
          // A key of another kind, under the same kid.
        }
      }
    }
    return verifiers;
  }
}
