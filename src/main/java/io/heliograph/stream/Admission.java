package io.heliograph.stream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.heliograph.metrics.Ending;
import io.heliograph.stream.Limits.Excess;
import io.heliograph.stream.Limits.Rate;
import io.heliograph.stream.RefusedConnectionException.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may have one more connection on this node, under the node's limit and the stream's {@link
 * Limits}, and who may wait for an event without one.
 *
 * <p>A connection that may is given a {@link Slot}, which counts until it is released, once. One
 * lock guards all counts, so that a slot is taken under every limit or under none: however many ask
 * at once, no limit is exceeded and nobody is refused for a slot that another gave back in the same
 * moment. Nothing slow happens under it.
 *
 * <p>A session's excess under {@code reject} is refused only after the connections that hold its
 * place were written to, some times: a client that lost its connection comes back before this node
 * can know, and must not be locked out by its own ghost. One newcomer at a time waits for that.
 */
public final class Admission {
  /** Rates of so many addresses are remembered; of more, those that came seldom are forgotten. */
  private static final int ADDRESSES_REMEMBERED = 100_000;

  /** Requests that may wait for an event: each holds a connection of the container. */
  private static final int POLLS_LIMIT = 10_000;

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

  /** One who waits until a session's old connections have proved dead. */
  private record Waiting(
      StreamPolicy policy, Peer peer, List<Bid> bids, CompletableFuture<Slot> answer) {}

  private final int nodeLimit;
  private final TimingWheel wheel;
  private final Executor pool;
  private final LongSupplier nanoClock;
  private final Cache<Visitor, RecentTries> rates;
  private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();
  private volatile boolean isStopping;

  // Guarded by itself. A claim that nobody makes has no entry.
  private final Map<Claim, Integer> taken = new HashMap<>();

  // Guarded by taken: who has a session's places, the oldest first.
  private final Map<Claim, List<Slot>> bySession = new HashMap<>();

  // Guarded by taken: sessions whose connections are being probed.
  private final Set<Claim> probed = new HashSet<>();

  /**
   * @param nodeLimit connections on this node, of all streams together; 0 for no limit
   * @param pool completes what had to wait: answering may block
   */
  Admission(int nodeLimit, TimingWheel wheel, Executor pool, LongSupplier nanoClock) {
    this.nodeLimit = nodeLimit;
    this.wheel = wheel;
    this.pool = pool;
    this.nanoClock = nanoClock;
    this.rates =
        Caffeine.newBuilder()
            .maximumSize(ADDRESSES_REMEMBERED)
            .expireAfter(Expiry.accessing((Visitor visitor, RecentTries tries) -> tries.period()))
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
   * prove dead first; then within seconds, on the pool. Fails with {@link
   * RefusedConnectionException}, or with {@link StoppingException} if the node stops meanwhile.
   */
  public CompletionStage<Slot> admit(StreamPolicy policy, Peer peer) {
    CompletableFuture<Slot> answer = new CompletableFuture<>();
    try {
      requireRate(policy, peer);
      attempt(new Waiting(policy, peer, bids(policy, peer), answer), PROBES);
    } catch (RefusedConnectionException e) {
      answer.completeExceptionally(e);
    }
    return answer;
  }

  /**
   * A slot for one more request of {@code peer} that waits for an event of {@code policy}'s stream,
   * under the limits of its address and of its user, but counted apart from connections.
   *
   * @throws RefusedConnectionException if there is none
   */
  Slot admitPoll(StreamPolicy policy, Peer peer) {
    Limits limits = policy.limits();
    String stream = policy.name();
    String network = peer.address().network();
    String user = peer.caller().identity();
    List<Bid> bids = new ArrayList<>();
    bids.add(new Bid(new Claim(Limit.POLLS, "", ""), POLLS_LIMIT));
    bids.add(new Bid(new Claim(Limit.POLLS_OF_ADDRESS, stream, network), limits.perAddress()));
    if (user != null) {
      bids.add(new Bid(new Claim(Limit.POLLS_OF_USER, stream, user), limits.perUser()));
    }
    synchronized (taken) {
      Bid full = firstFull(bids, List.of());
      if (full != null) {
        throw refusal(policy, peer, full);
      }
      return take(bids);
    }
  }

  /** Nobody is admitted any more; who waits is told. */
  void stop() {
    isStopping = true;
    waiting.forEach(this::tellStopping);
  }

  private void tellStopping(Waiting one) {
    waiting.remove(one);
    pool.execute(() -> one.answer().completeExceptionally(new StoppingException()));
  }

  /** Connections that have a slot now. */
  int admitted() {
    return count(Limit.NODE);
  }

  /** Polls that have a slot now. */
  int polls() {
    return count(Limit.POLLS);
  }

  private int count(Limit ofTheNode) {
    synchronized (taken) {
      return taken.getOrDefault(new Claim(ofTheNode, "", ""), 0);
    }
  }

  private void attempt(Waiting asker, int probesLeft) {
    List<Subscription> displaced = new ArrayList<>();
    List<Subscription> suspects = new ArrayList<>();
    Slot slot = null;
    synchronized (taken) {
      if (probesLeft < PROBES) {
        // It was waiting; whatever comes now, the session's next newcomer may.
        asker.bids().forEach(bid -> probed.remove(bid.claim()));
      }
      Bid session = fullSession(asker.bids());
      List<Slot> inTheWay = session == null ? List.of() : inTheWay(session);
      // What would go with them is as good as free.
      Bid full = firstFull(asker.bids(), inTheWay);
      if (full != null) {
        throw refusal(asker.policy(), asker.peer(), full);
      }
      if (session == null) {
        slot = take(asker.bids());
      } else if (asker.policy().limits().excess() == Excess.REPLACE) {
        displace(inTheWay, displaced);
        slot = take(asker.bids());
      } else {
        inTheWay.stream().map(one -> one.holder).filter(Objects::nonNull).forEach(suspects::add);
        if (probesLeft == 0 || suspects.isEmpty() || !probed.add(session.claim())) {
          throw refusal(asker.policy(), asker.peer(), session);
        }
      }
    }
    displaced.forEach(Admission::replace);
    if (slot != null) {
      asker.answer().complete(slot);
      return;
    }
    suspects.forEach(Subscription::heartbeatDue);
    waiting.add(asker);
    if (isStopping) {
      tellStopping(asker);
      return;
    }
    wheel.after(PROBE_WAIT, () -> pool.execute(() -> attemptAgain(asker, probesLeft - 1)));
  }

  private void attemptAgain(Waiting asker, int probesLeft) {
    if (!waiting.remove(asker)) {
      return;
    }
    try {
      attempt(asker, probesLeft);
    } catch (RefusedConnectionException e) {
      asker.answer().completeExceptionally(e);
    }
  }

  /** Whoever does not read its farewell is not waited for: its place is somebody else's already. */
  private static void replace(Subscription old) {
    if (old.stalledFor().isZero()) {
      old.end(Ending.REPLACED);
    } else {
      old.cut(Ending.REPLACED);
    }
  }

  /** Every limit that concerns the connection. */
  private List<Bid> bids(StreamPolicy policy, Peer peer) {
    Limits limits = policy.limits();
    String stream = policy.name();
    String user = peer.caller().identity();
    List<Bid> bids = new ArrayList<>();
    bids.add(new Bid(new Claim(Limit.NODE, "", ""), nodeLimit));
    bids.add(new Bid(new Claim(Limit.STREAM, stream, ""), limits.connections()));
    bids.add(
        new Bid(new Claim(Limit.ADDRESS, stream, peer.address().network()), limits.perAddress()));
    if (user != null) {
      bids.add(new Bid(new Claim(Limit.USER, stream, user), limits.perUser()));
    }
    if (peer.tenant() != null) {
      bids.add(new Bid(new Claim(Limit.TENANT, stream, peer.tenant()), limits.perTenant()));
    }
    if (peer.session() != null) {
      // A session is its caller's: nobody takes or blocks a place by guessing another's.
      String whose = (user == null ? "" : "of " + user) + "\n" + peer.session();
      bids.add(new Bid(new Claim(Limit.SESSION, stream, whose), limits.perSession()));
    }
    return bids;
  }

  private @Nullable Bid fullSession(List<Bid> bids) {
    for (Bid bid : bids) {
      if (bid.claim().limit() == Limit.SESSION && isFull(bid, List.of())) {
        return bid;
      }
    }
    return null;
  }

  /** The oldest of a session's slots, as many as must go for one more. */
  private List<Slot> inTheWay(Bid session) {
    List<Slot> slots = bySession.getOrDefault(session.claim(), List.of());
    return List.copyOf(slots.subList(0, slots.size() - session.allowed() + 1));
  }

  private @Nullable Bid firstFull(List<Bid> bids, List<Slot> gone) {
    for (Bid bid : bids) {
      if (isFull(bid, gone)) {
        return bid;
      }
    }
    return null;
  }

  private boolean isFull(Bid bid, List<Slot> gone) {
    int count = taken.getOrDefault(bid.claim(), 0);
    for (Slot slot : gone) {
      count -= slot.claims.contains(bid.claim()) ? 1 : 0;
    }
    return bid.allowed() > 0 && count >= bid.allowed();
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

  private void displace(List<Slot> old, List<Subscription> displaced) {
    for (Slot slot : old) {
      giveBack(slot);
      slot.isDisplaced = true;
      if (slot.holder != null) {
        displaced.add(slot.holder);
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
    String network = peer.address().network();
    Duration wait =
        rates
            .get(new Visitor(policy.name(), network), visitor -> new RecentTries(rate))
            .tryAt(nanoClock.getAsLong());
    if (!wait.isZero()) {
      throw new RefusedConnectionException(
          Limit.RATE,
          policy,
          wait,
          "stream '"
              + policy.name()
              + "': "
              + network
              + " has tried "
              + rate.count()
              + " times within "
              + rate.per().toSeconds()
              + " s, which is the limit; wait, or raise "
              + StreamPolicies.fullKey(policy.name(), Limit.RATE.suffix()));
    }
  }

  private static RefusedConnectionException refusal(StreamPolicy policy, Peer peer, Bid full) {
    Limit limit = full.claim().limit();
    String stream = policy.name();
    String key =
        limit == Limit.NODE
            ? "heliograph.limit.connections"
            : StreamPolicies.fullKey(stream, limit.suffix());
    String remedy =
        (limit.isOfPolls() ? "ask without wait" : "close one")
            + (limit == Limit.POLLS ? "" : " or raise " + key);
    return new RefusedConnectionException(
        limit,
        policy,
        RETRY,
        "stream '"
            + stream
            + "': one more "
            + (limit.isOfPolls() ? "waiting request " : "connection ")
            + limit.whose(peer)
            + " was refused, there are "
            + full.allowed()
            + " and that is the limit; "
            + remedy);
  }
}
