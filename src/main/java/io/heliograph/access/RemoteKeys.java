package io.heliograph.access;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetParseException;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.jwk.source.URLBasedJWKSetSource;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URL;
import java.security.Key;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The public keys that a token issuer publishes at a URL (a JWKS, RFC 7517).
 *
 * <p>Fetched by the thread that needs one, when the first token comes, when they have become old
 * and when a token names a key that is not among them, so that an issuer's new key is found at
 * once. Strangers can name unknown keys as fast as they like, so fetching has a rate. Nothing is
 * fetched ahead, hence there is no thread that an undeployed application could leave behind. Any
 * thread.
 */
final class RemoteKeys {
  /**
   * Signatures whose verification needs nothing secret. HMAC is missing for good: its key would be
   * one that the URL shows to everybody.
   */
  static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  /** A key that its issuer withdrew is taken for so long at most while the issuer answers. */
  private static final Duration KEPT = Duration.ofMinutes(5);

  /**
   * And for so long while it does not. Tokens seldom live longer, and an issuer that is out of
   * reach makes no new ones.
   */
  private static final Duration KEPT_IN_OUTAGE = Duration.ofHours(1);

  /** Two fetches in this time at most. */
  static final Duration FETCH_PERIOD = Duration.ofSeconds(30);

  /** A request waits for the fetch; what does not answer in some seconds is out of reach. */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  private static final Duration READ_TIMEOUT = Duration.ofSeconds(3);

  /** A little longer than a fetch that is about to fail. */
  private static final Duration WAIT_FOR_OTHERS_FETCH = Duration.ofSeconds(6);

  /** Some hundred keys; large issuers have ten. */
  private static final int SIZE_LIMIT_BYTES = 256 * 1024;

  private static final Logger LOGGER = System.getLogger(RemoteKeys.class.getName());

  private final String shownUrl;
  private final JWSVerificationKeySelector<SecurityContext> selector;

  /** Why the latest fetch failed; null if it did not. Written by whoever fetches, one at a time. */
  private volatile @Nullable Exception failure;

  /**
   * @param fetchPeriod two fetches in this time at most; less than the five minutes that keys are
   *     kept
   */
  RemoteKeys(URL url, Duration fetchPeriod) {
    // Without the query, where some issuers want a key of the client.
    shownUrl = url.getProtocol() + "://" + url.getAuthority() + url.getPath();
    selector =
        new JWSVerificationKeySelector<>(
            ALGORITHMS,
            JWKSourceBuilder.create(new Watched(url))
                .cache(KEPT.toMillis(), WAIT_FOR_OTHERS_FETCH.toMillis())
                .refreshAheadCache(false)
                .rateLimited(fetchPeriod.toMillis())
                .outageTolerant(KEPT_IN_OUTAGE.toMillis())
                .build());
  }

  /**
   * The keys that {@code header} may mean: those of its {@code kid}, or all that fit its algorithm
   * if it names none. Empty if the issuer has none such. May wait some seconds for the issuer.
   *
   * @throws KeysUnavailableException if there is none and the issuer could not be asked
   */
  List<Key> matching(JWSHeader header) {
    Exception reason;
    try {
      List<Key> keys = selector.selectJWSKeys(header, null);
      reason = failure;
      if (!keys.isEmpty() || reason == null) {
        return keys;
      }
    } catch (RateLimitReachedException e) {
      reason = failure;
      if (reason == null) {
        return List.of();
      }
    } catch (KeySourceException e) {
      reason = e;
    }
    throw new KeysUnavailableException(
        "the token's key is not known here and the keys of " + shownUrl + " could not be fetched",
        reason);
  }

  /** The URL's key set, its fetches noticed. */
  private final class Watched implements JWKSetSource<SecurityContext> {
    private final JWKSetSource<SecurityContext> source;

    private Watched(URL url) {
      DefaultResourceRetriever retriever =
          new DefaultResourceRetriever(
              (int) CONNECT_TIMEOUT.toMillis(), (int) READ_TIMEOUT.toMillis(), SIZE_LIMIT_BYTES);
      // A connection kept for the next fetch would have a thread of the JDK's watch over it.
      retriever.setHeaders(Map.of("Connection", List.of("close")));
      source = new URLBasedJWKSetSource<>(url, retriever);
    }

    @Override
    public JWKSet getJWKSet(
        JWKSetCacheRefreshEvaluator evaluator, long now, SecurityContext context)
        throws KeySourceException {
      try {
        JWKSet keys = source.getJWKSet(evaluator, now, context);
        if (failure != null) {
          LOGGER.log(Level.INFO, "the keys of {0} can be fetched again", shownUrl);
        }
        failure = null;
        return keys;
      } catch (KeySourceException e) {
        noticed(e);
        throw e;
      } catch (RuntimeException e) {
        noticed(e);
        throw new JWKSetParseException("the answer is no key set", e);
      }
    }

    private void noticed(Exception e) {
      if (failure == null) {
        LOGGER.log(
            Level.WARNING,
            "the keys of "
                + shownUrl
                + " cannot be fetched; those known are kept for "
                + KEPT_IN_OUTAGE.toMinutes()
                + " minutes, tokens of others are answered 503. Is heliograph.jwt.jwks right and"
                + " the issuer up?",
            e);
      }
      failure = e;
    }

    @Override
    public void close() {
      // Holds nothing: each fetch closes its connection.
    }
  }
}
