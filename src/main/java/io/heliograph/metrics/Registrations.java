package io.heliograph.metrics;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.eclipse.microprofile.metrics.Timer;
import org.jspecify.annotations.Nullable;

/**
 * What one hub has in the server's registry, if there is one: exactly that goes when it closes.
 *
 * <p>A registry may outlive the deployment (Payara's does). A gauge that stayed would keep the old
 * hub, and with it the application's class loader; a counter would go on counting for the next.
 */
final class Registrations implements AutoCloseable {
  private final @Nullable MetricRegistry registry;
  private final Queue<MetricID> ids = new ConcurrentLinkedQueue<>();

  Registrations(@Nullable MetricRegistry registry) {
    this.registry = registry;
  }

  @Nullable Counter counter(Metadata metadata, Tag... tags) {
    return registry == null ? null : begun(registry, metadata, tags).counter(metadata, tags);
  }

  @Nullable Timer timer(Metadata metadata) {
    return registry == null ? null : begun(registry, metadata).timer(metadata);
  }

  void gauge(Metadata metadata, LongSupplier value) {
    if (registry != null) {
      begun(registry, metadata).gauge(metadata, value, LongSupplier::getAsLong);
    }
  }

  /** Without what an earlier hub that was not closed may have left under this name. */
  private MetricRegistry begun(MetricRegistry given, Metadata metadata, Tag... tags) {
    MetricID id = new MetricID(metadata.getName(), tags);
    given.remove(id);
    ids.add(id);
    return given;
  }

  @Override
  public void close() {
    for (MetricID id = ids.poll(); id != null; id = ids.poll()) {
      if (registry != null) {
        registry.remove(id);
      }
    }
  }
}
