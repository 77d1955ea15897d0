package io.heliograph.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * How often a password may be guessed, on this node.
 *
 * <p>Every try takes from three buckets before the password is looked at, and gets it back if the
 * password was right; so any number of parallel guesses gets no further than as many in a row. Who
 * is refused by one bucket takes from none. Since tries in flight count, too, whoever sends a
 * password with each request should not have it checked each time.
 *
 * <ul>
 *   <li>A name from one network: what stops a person, or a script that has one address.
 *   <li>A network, whatever the names: what stops one that tries a common password on many names.
 *   <li>A name from all networks: what stops a botnet. It can also be used to lock a name out, by
 *       somebody who has many addresses, a score of them at once; one network cannot, because the
 *       first bucket gives it less than this one is refilled with. Networks from which the name has
 *       logged in within a month are not held to it: its owner stays in, where he usually is, on a
 *       node that has not been restarted since.
 * </ul>
 *
 * <p>Names are the guesser's choice: they are kept as hashes, and a bucket that is full again is
 * forgotten. Any thread; does not block.
 */
public final class LoginThrottle {
  private static final int PAIR_TRIES = 5;

  /** Slower than {@link #NAME_REFILL}, so that one network alone never empties that bucket. */
  private static final Duration PAIR_REFILL = Duration.ofSeconds(40);

  /** An office behind one address, on a Monday morning. */
  private static final int NETWORK_TRIES = 30;

  private static final Duration NETWORK_REFILL = Duration.ofSeconds(2);

  /** Below a million a year: no match for a password that is not on a list of common ones. */
  private static final int NAME_TRIES = 100;

  private static final Duration NAME_REFILL = Duration.ofHours(1).dividedBy(NAME_TRIES);

  private static final Duration FAMILIAR = Duration.ofDays(30);

  /**
   * Of each kind, some 50 MB in all at worst. Who would make the hub forget by coming from more
   * networks than this within a bucket's time has more of them than guessing one name needs.
   */
  static final int REMEMBERED = 100_000;

  private final LongSupplier nanoClock;
  private final Kind pairs;
  private final Kind networks;
  private final Kind names;

  // Name and network of logins that went well. Only who has a password can make it grow.
  private final Cache<String, Boolean> familiar;

  // Guards the decision over several buckets: all are taken from, or none.
  private final Object lock = new Object();

  public LoginThrottle(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    pairs = new Kind("from your network for this name", PAIR_TRIES, PAIR_REFILL);
    networks = new Kind("from your network", NETWORK_TRIES, NETWORK_REFILL);
    names = new Kind("for this name from all networks", NAME_TRIES, NAME_REFILL);
    familiar = remembering(FAMILIAR);
  }

  /** One try that may be made. Unless it is said to have succeeded, it counts as failed. */
  public final class Attempt {
    private final List<Bucket> taken;
    private final String pair;
    private boolean hasSucceeded;

    private Attempt(List<Bucket> taken, String pair) {
      this.taken = List.copyOf(taken);
      this.pair = pair;
    }

    /** The password was right: what the try took is given back. Again does nothing. */
    public void succeeded() {
      synchronized (lock) {
        if (!hasSucceeded) {
          hasSucceeded = true;
          taken.forEach(bucket -> bucket.addTokens(1));
          familiar.put(pair, true);
        }
      }
    }
  }

  /** Buckets of one kind, by what they count. */
  private final class Kind {
    private final String counted;
    private final int tries;
    private final Duration refill;
    private final Cache<String, Bucket> buckets;

    private Kind(String counted, int tries, Duration refill) {
      this.counted = counted;
      this.tries = tries;
      this.refill = refill;
      // After this time without a try the bucket is full, which a new one is, too.
      buckets = remembering(refill.multipliedBy(tries));
    }

    private Bucket requireOpen(String key) {
      Bucket bucket = buckets.get(key, unused -> newBucket());
      long nanos = bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill();
      if (nanos > 0) {
        Duration retryAfter = Duration.ofNanos(nanos);
        throw new TooManyLoginsException(
            ("too many logins failed " + counted + "; the limit is " + tries + " and then one ")
                + ("each " + refill.toSeconds() + " s; try again in ")
                + (retryAfter.plusNanos(999_999_999).toSeconds() + " s, with the right password"),
            retryAfter);
      }
      return bucket;
    }

    private Bucket newBucket() {
      return Bucket.builder()
          .addLimit(limit -> limit.capacity(tries).refillGreedy(1, refill))
          .withCustomTimePrecision(
              new TimeMeter() {
                @Override
                public long currentTimeNanos() {
                  return nanoClock.getAsLong();
                }

                @Override
                public boolean isWallClockBased() {
                  return false;
                }
              })
          .build();
    }
  }

  /**
   * A try of {@code name} from {@code network}, before its password is looked at.
   *
   * @param network as {@link ClientAddress#network} has it
   * @throws TooManyLoginsException if it may not be made now; nothing was taken
   */
  public Attempt begin(String name, String network) {
    String hash = hash(name);
    String pair = hash + ' ' + network;
    synchronized (lock) {
      // The network first: whom it stops leaves nothing behind under the names that he made up.
      Bucket ofNetwork = networks.requireOpen(network);
      Bucket ofPair = pairs.requireOpen(pair);
      List<Bucket> all =
          familiar.getIfPresent(pair) == null
              ? List.of(ofNetwork, ofPair, names.requireOpen(hash))
              : List.of(ofNetwork, ofPair);
      all.forEach(bucket -> bucket.tryConsume(1));
      return new Attempt(all, pair);
    }
  }

  /** How many buckets and familiar networks are remembered now. */
  long remembered() {
    return Stream.of(pairs.buckets, networks.buckets, names.buckets, familiar)
        .peek(Cache::cleanUp)
        .mapToLong(Cache::estimatedSize)
        .sum();
  }

  private <T> Cache<String, T> remembering(Duration unused) {
    return Caffeine.newBuilder()
        .maximumSize(REMEMBERED)
        .expireAfterAccess(unused)
        .ticker(nanoClock::getAsLong)
        .executor(Runnable::run)
        .build();
  }

  /** Of the folded name: a bucket for each spelling would be more tries. */
  private static String hash(String name) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(FoldedName.of(name).getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
