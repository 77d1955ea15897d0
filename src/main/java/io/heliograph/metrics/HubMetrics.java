package io.heliograph.metrics;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.jspecify.annotations.Nullable;

/**
 * The hub's counts, in the server's MicroProfile registry where there is one, and as a text.
 *
 * <p>Relations, tested: {@code opened - sum(closed) = active}; {@code replayed <= delivered}; every
 * drop and gap is counted once, where it is decided, and every request that a door answers with a
 * problem other than 500 once as a refusal, where its answer is made. Any thread may count; nothing
 * blocks.
 */
public final class HubMetrics implements AutoCloseable {
  /** What {@link #text} is, with its version and encoding. */
  public static final String TEXT_TYPE = PrometheusText.CONTENT_TYPE;

  private static final String PREFIX = "heliograph_";

  /** The one label that there is. */
  private static final String REASON = "reason";

  private final Registrations registrations;
  private final PrometheusText text = new PrometheusText();
  private final Count opened;
  private final Map<Ending, Count> closed;
  private final Count published;
  private final Count delivered;
  private final Count replayed;
  private final Count pagesRead;
  private final Count dropped;
  private final Map<GapReason, Count> gaps;
  private final Map<Refusal, Count> refused;
  private final Latency publishLatency;
  private final Latency deliveryLatency;

  /**
   * @param registry where the counts are shown too; without one latencies have no quantiles
   */
  public HubMetrics(@Nullable MetricRegistry registry) {
    registrations = new Registrations(registry);
    opened = count("connections_opened", "Connections opened");
    closed =
        counts(Ending.class, "connections_closed", "Connections closed, by reason", Ending::word);
    published = count("events_published", "Events acknowledged to publishers");
    delivered = count("events_delivered", "Events written to subscribers");
    replayed = count("events_replayed", "Events written to subscribers from the log");
    pagesRead = count("log_pages_read", "Pages read from the log for subscribers behind memory");
    dropped = count("events_dropped", "Events that slow subscribers of drop-oldest streams missed");
    gaps = counts(GapReason.class, "gaps", "Positions that could not be honoured", GapReason::word);
    refused = counts(Refusal.class, "requests_refused", "Requests refused", Refusal::word);
    publishLatency = latency("publish_latency", "From the end of parsing to the durable commit");
    deliveryLatency = latency("delivery_latency", "From an append to the end of its fan-out");
    gauge("connections_active", "Connections open now", this::active);
  }

  public void connectionOpened() {
    opened.add(1);
  }

  public void connectionClosed(Ending ending) {
    count(closed, ending);
  }

  public void published(long events, Duration latency) {
    published.add(events);
    publishLatency.add(latency);
  }

  /** Events handed to one subscriber's connection. */
  public void delivered(long events) {
    delivered.add(events);
  }

  /** Events among the delivered ones that came out of the log. */
  public void replayed(long events) {
    replayed.add(events);
  }

  /** A page was read from the log, for one subscriber or for any number who want the same. */
  public void pageRead() {
    pagesRead.add(1);
  }

  public void dropped(long events) {
    dropped.add(events);
  }

  public void gap(GapReason reason) {
    count(gaps, reason);
  }

  public void refused(Refusal refusal) {
    count(refused, refusal);
  }

  public void fannedOut(Duration latency) {
    deliveryLatency.add(latency);
  }

  /** Shows {@code value}, which must not block, under {@code name}; once for each name. */
  public void gauge(String name, String description, LongSupplier value) {
    Metadata metadata = metadata(name, description);
    text.addGauge(metadata, value);
    registrations.gauge(metadata, value);
  }

  /** Everything as it stands now, as Prometheus reads it ({@link #TEXT_TYPE}). */
  public String text() {
    return text.write();
  }

  /** Leaves the registry; what is counted afterwards is in {@link #text} only. */
  @Override
  public void close() {
    registrations.close();
  }

  /** Connections open now: those opened less those closed for whatever reason. */
  public long active() {
    return opened.get() - closed.values().stream().mapToLong(Count::get).sum();
  }

  public long opened() {
    return opened.get();
  }

  public long closed(Ending ending) {
    return get(closed, ending);
  }

  public long published() {
    return published.get();
  }

  public long delivered() {
    return delivered.get();
  }

  public long replayed() {
    return replayed.get();
  }

  public long pagesRead() {
    return pagesRead.get();
  }

  public long dropped() {
    return dropped.get();
  }

  public long gaps(GapReason reason) {
    return get(gaps, reason);
  }

  public long refusals(Refusal refusal) {
    return get(refused, refusal);
  }

  private static <E> void count(Map<E, Count> counts, E label) {
    Count count = counts.get(label);
    if (count != null) {
      count.add(1);
    }
  }

  private static <E> long get(Map<E, Count> counts, E label) {
    Count count = counts.get(label);
    return count == null ? 0 : count.get();
  }

  private Count count(String name, String description) {
    Metadata metadata = metadata(name, description);
    Count count = new Count(registrations.counter(metadata));
    text.addCount(metadata, count);
    return count;
  }

  private <E extends Enum<E>> Map<E, Count> counts(
      Class<E> labels, String name, String description, Function<E, String> word) {
    Metadata metadata = metadata(name, description);
    Map<E, Count> counts = new EnumMap<>(labels);
    Map<String, Count> byWord = new TreeMap<>();
    for (E label : labels.getEnumConstants()) {
      Tag tag = new Tag(REASON, word.apply(label));
      Count count = new Count(registrations.counter(metadata, tag));
      counts.put(label, count);
      byWord.put(tag.getTagValue(), count);
    }
    text.addCounts(metadata, REASON, byWord);
    return counts;
  }

  private Latency latency(String name, String description) {
    Metadata metadata = metadata(name, description);
    Latency latency = new Latency(registrations.timer(metadata));
    text.addLatency(metadata, latency);
    return latency;
  }

  private static Metadata metadata(String name, String description) {
    return Metadata.builder().withName(PREFIX + name).withDescription(description).build();
  }
}
