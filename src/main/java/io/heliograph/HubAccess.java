package io.heliograph;

import io.heliograph.access.ApiKeys;
import io.heliograph.access.CredentialWatch;
import io.heliograph.access.LoginThrottle;
import io.heliograph.access.Sessions;
import io.heliograph.access.Tenants;
import io.heliograph.access.Tickets;
import io.heliograph.access.Tokens;
import io.heliograph.container.Periodic;
import io.heliograph.database.Database;
import io.heliograph.database.DatabaseUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** What a node knows about who may, and the database that it is kept in. */
final class HubAccess implements Periodic, AutoCloseable {
  /** What it keeps in order harms nobody for so long. */
  private static final Duration EVERY = Duration.ofSeconds(30);

  private static final System.Logger LOG = System.getLogger(HubAccess.class.getName());

  private final Database database;
  private final ApiKeys keys;
  private final Tickets tickets;
  private final Tenants tenants;
  private final Sessions sessions;
  private final Tokens tokens;
  private final LoginThrottle throttle;
  private final CredentialWatch watch;
  private final Executor executor;

  // The ticker's own.
  private long keptNanos = System.nanoTime();

  // The executor's own: one at a time.
  private boolean hasFailed;

  /**
   * @param executor whose threads may wait for the database: ticks may not
   * @throws io.heliograph.database.DatabaseUnavailableException if it cannot be opened
   */
  HubAccess(HubConfig config, Clock clock, Executor executor) {
    tokens = config.tokens();
    this.executor = executor;
    database = Database.open(config.log().tables());
    keys = new ApiKeys(database, clock);
    tickets = new Tickets(database, clock);
    tenants = new Tenants(database);
    sessions = new Sessions(database, clock, tenants, config.sessionTimeout(), config.sessionMax());
    throttle = new LoginThrottle(System::nanoTime);
    watch = new CredentialWatch(database, clock, sessions);
  }

  ApiKeys keys() {
    return keys;
  }

  Tickets tickets() {
    return tickets;
  }

  Tenants tenants() {
    return tenants;
  }

  Sessions sessions() {
    return sessions;
  }

  Tokens tokens() {
    return tokens;
  }

  LoginThrottle throttle() {
    return throttle;
  }

  CredentialWatch watch() {
    return watch;
  }

  /**
   * Returns if what a node knows about who may can be read and changed. Blocks.
   *
   * @throws io.heliograph.database.DatabaseUnavailableException if not
   */
  void requireWritable() {
    database.requireWritable();
  }

  @Override
  public String purpose() {
    return "noting when keys were used, forgetting tickets and sessions that are over";
  }

  @Override
  public void tick() {
    if (System.nanoTime() - keptNanos >= EVERY.toNanos()) {
      keptNanos = System.nanoTime();
      try {
        executor.execute(this::keep);
      } catch (RejectedExecutionException e) {
        LOG.log(System.Logger.Level.DEBUG, "the node stops", e);
      }
    }
  }

  private void keep() {
    try {
      keys.flushLastUsed();
      tickets.forgetExpired();
      sessions.forgetTimedOut();
      hasFailed = false;
    } catch (DatabaseUnavailableException e) {
      if (!hasFailed) {
        LOG.log(System.Logger.Level.WARNING, purpose() + " is put off until it can be done", e);
      }
      hasFailed = true;
    }
  }

  @Override
  public void close() {
    try {
      keys.flushLastUsed();
    } catch (DatabaseUnavailableException e) {
      LOG.log(System.Logger.Level.WARNING, "when keys were used last is lost: {0}", e.getMessage());
    }
    database.close();
  }
}
