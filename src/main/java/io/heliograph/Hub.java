package io.heliograph;

import io.heliograph.access.ClientAddresses;
import io.heliograph.body.BodyReader;
import io.heliograph.container.HubExecutors;
import io.heliograph.container.Ticker;
import io.heliograph.history.Answers;
import io.heliograph.history.History;
import io.heliograph.log.Appender;
import io.heliograph.log.EventLog;
import io.heliograph.log.LogConfig;
import io.heliograph.log.LogFollower;
import io.heliograph.log.LogTrimmer;
import io.heliograph.log.SqliteEventLog;
import io.heliograph.metrics.HubMetrics;
import io.heliograph.publish.Publisher;
import io.heliograph.settings.Settings;
import io.heliograph.stream.CredentialSweep;
import io.heliograph.stream.Departure;
import io.heliograph.stream.StreamPolicies;
import io.heliograph.stream.StreamPolicy;
import io.heliograph.stream.StreamRegistry;
import io.heliograph.stream.TimingWheel;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One running node, made of its parts.
 *
 * <p>Starts in the order of the constructor: configuration (all of it, before anything is opened),
 * log, delivery, publishing. {@link #close} goes the other way: publishers are refused, what they
 * had handed in is stored and delivered, subscribers are told when to come back, then threads and
 * files go.
 */
final class Hub implements AutoCloseable {
  /** Bodies that are slow to arrive may hold so many threads, and so many more may wait for one. */
  private static final int BODY_THREADS = 256;

  private static final int BODIES_WAITING = 1_000;

  /** Requests that may wait to read the log; some seconds' worth, then 503 is the better answer. */
  private static final int READS_WAITING = 10_000;

  /** Receivers of history that do not read may hold so many threads. */
  private static final int HISTORY_THREADS = 64;

  /** As many as may have waited for one event; their bytes have a limit of their own. */
  private static final int HISTORY_WAITING = 10_000;

  /** One look and one clean-up; more would only repeat them. */
  private static final int WATCHES_WAITING = 4;

  private static final System.Logger LOG = System.getLogger(Hub.class.getName());

  private final HubExecutors executors = new HubExecutors();
  private final StreamPolicies policies;
  private final HubMetrics metrics;
  private final EventLog log;
  private final StreamRegistry registry;
  private final LogFollower follower;
  private final Appender appender;
  private final Publisher publisher;
  private final BodyReader bodies;
  private final ClientAddresses addresses;
  private final HubAccess access;
  private final CorsPolicy cors;
  private final History history;
  private final Answers answers;
  private final Departure departure;
  private final Ticker ticker;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  /**
   * @throws io.heliograph.settings.InvalidSettingsException with everything that is wrong in them
   * @throws io.heliograph.log.LogUnavailableException if the log cannot be opened
   */
  Hub(Settings settings, HubMetrics metrics) {
    this.metrics = metrics;
    HubConfig config = HubConfig.read(settings);
    LogConfig logConfig = config.log();
    policies = config.policies();
    warnOfPublicStreams();
    addresses = config.addresses();
    cors = config.cors();

    Clock clock = Clock.systemUTC();
    int cores = Runtime.getRuntime().availableProcessors();
    Executor reads = executors.pool("read", 2 * cores, READS_WAITING);
    TimingWheel wheel = new TimingWheel(System::nanoTime);
    log = new SqliteEventLog(logConfig.database(), clock);
    ExecutorService watch = executors.pool("watch", 1, WATCHES_WAITING);
    access = openAccess(config, clock, watch);
    registry =
        new StreamRegistry(
            policies,
            config.streams(),
            log,
            new StreamRegistry.Surroundings(
                metrics,
                wheel,
                System::nanoTime,
                clock,
                HubExecutors.threads("deliver"),
                executors.pool("foreign", 4 * cores, Integer.MAX_VALUE),
                cores));
    follower = new LogFollower(log, registry, HubExecutors.threads("follow"));
    registry.beginAt(follower.applied());
    appender =
        new Appender(
            log,
            UUID.randomUUID(),
            logConfig.queueEvents(),
            logConfig.queueBytes(),
            HubExecutors.threads("append"));
    bodies = new BodyReader(executors.pool("body", BODY_THREADS, BODIES_WAITING), BODIES_WAITING);
    publisher =
        new Publisher(
            appender::append,
            policies,
            metrics,
            executors.pool("answer", cores, Integer.MAX_VALUE));
    LogTrimmer trimmer =
        new LogTrimmer(
            appender,
            () -> policies.all().stream().map(StreamPolicy::trimRule).toList(),
            logConfig.trimEvery());
    history = new History(log, policies, registry.arrivals(), metrics, reads);
    answers = new Answers(executors.pool("history", HISTORY_THREADS, HISTORY_WAITING));
    departure = new Departure(registry);
    CredentialSweep sweep =
        new CredentialSweep(registry.open(), access.watch(), access.tenants(), watch);
    ticker = new Ticker(config.tickEvery(), List.of(wheel, trimmer, sweep, access));
    follower.start();
    LOG.log(
        System.Logger.Level.INFO,
        "heliograph is up: streams {0}, log {1}",
        policies.all().stream().map(policy -> policy.name()).toList(),
        logConfig.database());
  }

  private void warnOfPublicStreams() {
    List<String> names = policies.publicNames();
    if (!names.isEmpty()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "anybody may read, without a credential: {0}; where that is not meant, set"
              + " heliograph.stream.<name>.access=authenticated",
          String.join(", ", names));
    }
  }

  /** After the log, whose lock says that no other hub has this directory's files open. */
  private HubAccess openAccess(HubConfig config, Clock clock, Executor watch) {
    try {
      return new HubAccess(config, clock, watch);
    } catch (RuntimeException e) {
      log.close();
      throw e;
    }
  }

  HubAccess access() {
    return access;
  }

  StreamPolicies policies() {
    return policies;
  }

  HubMetrics metrics() {
    return metrics;
  }

  StreamRegistry registry() {
    return registry;
  }

  LogFollower follower() {
    return follower;
  }

  Publisher publisher() {
    return publisher;
  }

  BodyReader bodies() {
    return bodies;
  }

  History history() {
    return history;
  }

  Answers answers() {
    return answers;
  }

  CorsPolicy cors() {
    return cors;
  }

  ClientAddresses addresses() {
    return addresses;
  }

  Ticker ticker() {
    return ticker;
  }

  /** Stops the node; again does nothing. Takes some seconds at most. */
  @Override
  public void close() {
    if (!isClosed.compareAndSet(false, true)) {
      return;
    }
    appender.close();
    departure.depart();
    follower.close();
    registry.close();
    executors.close();
    access.close();
    log.close();
    LOG.log(System.Logger.Level.INFO, "heliograph is down");
  }
}
