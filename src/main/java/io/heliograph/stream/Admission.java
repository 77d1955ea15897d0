package io.heliograph.stream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.heliograph.metrics.Ending;
import io.heliograph.stream.Limits.Excess;
import io.heliograph.stream.Limits.Rate;
import io.heliograph.stream.RefusedConnectionException.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may have one more connection on this node, under the node's limit and the stream's {@link
 * Limits}.
 *
 * <p>A connection that may is given a {@link Slot}, which counts until it is released, once. One
 * lock guards all counts, so that a slot is taken under every limit or under none: however many ask
 * at once, no limit is exceeded and nobody is refused for a slot that another gave back in the same
 * moment. Nothing slow happens under it.
 *
 * <p>A session's excess under {@code reject} is refused only after the connections that hold its
 * place were written to, some times: a client that lost its connection comes back before this node
 * can know, and must not be locked out by its own ghost.
 */
public final class Admission {
  /** Rates of so many addresses are remembered; a flood from more forgets the oldest. */
  private static final int ADDRESSES_REMEMBERED = 100_000;

  /** From a write that a dead peer's system answers with a reset until that was heard. */
  private static final Duration PROBE_WAIT = Duration.ofSeconds(1);

  /**
   * The first write into a connection whose peer is gone succeeds and is answered with a reset; the
   * second fails. One more, because Payara tells of that only when it is written to again.
   */
  private static final int PROBES = 3;

  private static final Duration RETRY = Duration.ofSeconds(5);

  private record Claim(Limit limit, String stream, String value) {}

  private record Bid(Claim claim, int allowed) {}

  private record Visitor(String stream, String network) {}

  private final int nodeLimit;
  private final TimingWheel wheel;
  private final Cache<Visitor, Bucket> rates;
  private final LongSupplier nanoClock;

  // Guarded by itself. A claim that nobody makes has no entry.
  private final Map<Claim, Integer> taken = new HashMap<>();

  // Guarded by taken: who has a session's places, the oldest first.
  private final Map<Claim, List<Slot>> bySession = new HashMap<>();

  /**
   * @param nodeLimit connections on this node, of all streams together; 0 for no limit
   */
  Admission(int nodeLimit, TimingWheel wheel, LongSupplier nanoClock) {
    this.nodeLimit = nodeLimit;
    this.wheel = wheel;
    this.nanoClock = nanoClock;
    this.rates =
        Caffeine.newBuilder()
            .maximumSize(ADDRESSES_REMEMBERED)
            .expireAfterAccess(Duration.ofHours(1))
            .ticker(nanoClock::getAsLong)
            .build();
  }

  /** One connection's place under every limit that concerns it. */
  public final class Slot {
    private final List<Claim> claims;
    private @Nullable Subscription holder;
    private boolean isTaken = true;
    private boolean isDisplaced;

    private Slot(List<Claim> claims) {
      this.claims = List.copyOf(claims);
    }

    /** Gives the place back; again does nothing. */
    public void release() {
      synchronized (taken) {
        giveBack(this);
      }
    }

    /** {@code subscription} has it; if it was displaced in between, that is told so at once. */
    void heldBy(Subscription subscription) {
      boolean isLate;
      synchronized (taken) {
        holder = subscription;
        isLate = isDisplaced;
      }
      if (isLate) {
        subscription.end(Ending.REPLACED);
      }
    }
  }

  /**
   * A slot for one more connection of {@code peer} to {@code policy}'s stream.
   *
   * <p>Completes at once, on the caller's thread, but where a session's old connections have to
   * prove dead first; then within seconds, on the wheel's. Fails with {@link
   * RefusedConnectionException}.
   */
  public CompletionStage<Slot> admit(StreamPolicy policy, Peer peer) {
    CompletableFuture<Slot> answer = new CompletableFuture<>();
    try {
      requireRate(policy, peer);
      admit(policy, peer, PROBES, answer);
    } catch (RefusedConnectionException e) {
      answer.completeExceptionally(e);
    }
    return answer;
  }

  /** Connections that have a slot now. */
  int admitted() {
    synchronized (taken) {
      return taken.getOrDefault(new Claim(Limit.NODE, "", ""), 0);
    }
  }

  private void admit(StreamPolicy policy, Peer peer, int probesLeft, CompletableFuture<Slot> to) {
    List<Subscription> displaced = new ArrayList<>();
    List<Subscription> suspects = new ArrayList<>();
    Slot slot = null;
    synchronized (taken) {
      List<Bid> bids = bids(policy, peer);
      Bid full = firstFull(bids);
      if (full != null && full.claim().limit() == Limit.SESSION) {
        if (policy.limits().excess() == Excess.REPLACE) {
          displace(full, displaced);
          full = firstFull(bids);
        } else if (probesLeft > 0) {
          bySession.getOrDefault(full.claim(), List.of()).stream()
              .map(held -> held.holder)
              .filter(Objects::nonNull)
              .forEach(suspects::add);
        }
      }
      if (full == null) {
        slot = take(bids);
      } else if (suspects.isEmpty()) {
        throw refusal(policy, peer, full);
      }
    }
    displaced.forEach(old -> old.end(Ending.REPLACED));
    if (slot != null) {
      to.complete(slot);
      return;
    }
    suspects.forEach(Subscription::heartbeatDue);
    wheel.after(PROBE_WAIT, () -> askAgain(policy, peer, probesLeft - 1, to));
  }

  private void askAgain(
      StreamPolicy policy, Peer peer, int probesLeft, CompletableFuture<Slot> to) {
    try {
      admit(policy, peer, probesLeft, to);
    } catch (RefusedConnectionException e) {
      to.completeExceptionally(e);
    }
  }

  /** Every limit that concerns the connection, the session's last: it alone can be mended. */
  private List<Bid> bids(StreamPolicy policy, Peer peer) {
    Limits limits = policy.limits();
    String stream = policy.name();
    List<Bid> bids = new ArrayList<>();
    bids.add(new Bid(new Claim(Limit.NODE, "", ""), nodeLimit));
    bids.add(new Bid(new Claim(Limit.STREAM, stream, ""), limits.connections()));
    bids.add(
        new Bid(new Claim(Limit.ADDRESS, stream, peer.address().network()), limits.perAddress()));
    if (peer.user() != null) {
      bids.add(new Bid(new Claim(Limit.USER, stream, peer.user()), limits.perUser()));
    }
    if (peer.tenant() != null) {
      bids.add(new Bid(new Claim(Limit.TENANT, stream, peer.tenant()), limits.perTenant()));
    }
    if (peer.session() != null) {
      String whose = peer.caller() + "\n" + peer.session();
      bids.add(new Bid(new Claim(Limit.SESSION, stream, whose), limits.perSession()));
    }
    return bids;
  }

  private @Nullable Bid firstFull(List<Bid> bids) {
    for (Bid bid : bids) {
      if (bid.allowed() > 0 && taken.getOrDefault(bid.claim(), 0) >= bid.allowed()) {
        return bid;
      }
    }
    return null;
  }

  private Slot take(List<Bid> bids) {
    Slot slot = new Slot(bids.stream().map(Bid::claim).toList());
    for (Claim claim : slot.claims) {
      taken.merge(claim, 1, Integer::sum);
      if (claim.limit() == Limit.SESSION) {
        bySession.computeIfAbsent(claim, c -> new ArrayList<>(1)).add(slot);
      }
    }
    return slot;
  }

  private void displace(Bid full, List<Subscription> displaced) {
    List<Slot> holders = List.copyOf(bySession.getOrDefault(full.claim(), List.of()));
    for (Slot old : holders.subList(0, holders.size() - full.allowed() + 1)) {
      giveBack(old);
      old.isDisplaced = true;
      if (old.holder != null) {
        displaced.add(old.holder);
      }
    }
  }

  private void giveBack(Slot slot) {
    if (!slot.isTaken) {
      return;
    }
    slot.isTaken = false;
    for (Claim claim : slot.claims) {
      taken.computeIfPresent(claim, (c, count) -> count == 1 ? null : count - 1);
      bySession.computeIfPresent(
          claim, (c, slots) -> slots.remove(slot) && slots.isEmpty() ? null : slots);
    }
  }

  private void requireRate(StreamPolicy policy, Peer peer) {
    Rate rate = policy.limits().ratePerAddress();
    if (rate == null) {
      return;
    }
    Bucket bucket =
        rates.get(
            new Visitor(policy.name(), peer.address().network()),
            visitor ->
                Bucket.builder()
                    .addLimit(
                        limit ->
                            limit.capacity(rate.count()).refillIntervally(rate.count(), rate.per()))
                    .withCustomTimePrecision(new Clock(nanoClock))
                    .build());
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
    if (!probe.isConsumed()) {
      throw new RefusedConnectionException(
          Limit.RATE,
          Duration.ofNanos(probe.getNanosToWaitForRefill()),
          "stream '"
              + policy.name()
              + "': "
              + peer.address()
              + " has tried "
              + rate.count()
              + " times within "
              + rate.per().toSeconds()
              + " s, which is the limit; wait, or raise "
              + StreamPolicies.fullKey(policy.name(), "rate.per-address"));
    }
  }

  private static RefusedConnectionException refusal(StreamPolicy policy, Peer peer, Bid full) {
    Limit limit = full.claim().limit();
    String key =
        limit == Limit.NODE
            ? "heliograph.limit.connections"
            : StreamPolicies.fullKey(policy.name(), limit.suffix());
    return new RefusedConnectionException(
        limit,
        RETRY,
        "stream '"
            + policy.name()
            + "': one more connection "
            + limit.whose(peer)
            + " was refused, there are "
            + full.allowed()
            + " and that is the limit; close one or raise "
            + key);
  }

  private record Clock(LongSupplier nanos) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      return nanos.getAsLong();
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }
}
