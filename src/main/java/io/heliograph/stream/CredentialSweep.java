package io.heliograph.stream;

import io.heliograph.access.Caller;
import io.heliograph.access.Credential;
import io.heliograph.access.CredentialWatch;
import io.heliograph.access.Tenants;
import io.heliograph.container.Periodic;
import io.heliograph.database.DatabaseUnavailableException;
import io.heliograph.metrics.Ending;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Ends connections whose credential has ended: at every tick it asks about all that are in use, on
 * whichever node they were ended.
 *
 * <p>Asked and not told, because what ends a credential may be time, another node or a person with
 * a database shell. A caller whose tenant is another's now counts as revoked: its view is the old
 * tenant's.
 */
public final class CredentialSweep implements Periodic {
  private static final System.Logger LOG = System.getLogger(CredentialSweep.class.getName());

  private final OpenConnections open;
  private final CredentialWatch watch;
  private final Tenants tenants;
  private final Executor executor;
  private final AtomicBoolean isUnderWay = new AtomicBoolean();

  // The sweep's own, and there is one at a time.
  private boolean hasFailed;

  /**
   * @param executor whose threads may wait for the database: a tick may not
   */
  public CredentialSweep(
      OpenConnections open, CredentialWatch watch, Tenants tenants, Executor executor) {
    this.open = open;
    this.watch = watch;
    this.tenants = tenants;
    this.executor = executor;
  }

  @Override
  public String purpose() {
    return "ending connections whose credential has ended";
  }

  @Override
  public void tick() {
    // What ends by the clock ends also while the database hangs, and the sweep with it.
    Map<Credential, Ending> expired = watch.expired(open.credentials());
    if (!expired.isEmpty()) {
      open.endWhere(caller -> expired.get(caller.credential()));
    }
    if (isUnderWay.compareAndSet(false, true)) {
      try {
        executor.execute(this::sweep);
      } catch (RejectedExecutionException e) {
        // The node stops, and its connections are being told so.
        isUnderWay.set(false);
      }
    }
  }

  private void sweep() {
    try {
      Map<Credential, Ending> over = watch.ended(open.credentials());
      open.endWhere(caller -> over.get(caller.credential()));
      open.endWhere(this::moved);
      hasFailed = false;
    } catch (DatabaseUnavailableException e) {
      if (!hasFailed) {
        LOG.log(
            Level.WARNING,
            "what was revoked cannot be looked up, its connections stay open until it can: {0}",
            e.getMessage());
      }
      hasFailed = true;
    } finally {
      isUnderWay.set(false);
    }
  }

  private @Nullable Ending moved(Caller caller) {
    String name = caller.name();
    if (name == null || !caller.credential().kind().isMapped()) {
      return null;
    }
    return Objects.equals(tenants.of(name), caller.tenant()) ? null : Ending.REVOKED;
  }
}
