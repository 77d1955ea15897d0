package io.heliograph.metrics;

import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Gauge;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.Metric;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Snapshot;
import org.eclipse.microprofile.metrics.Tag;
import org.eclipse.microprofile.metrics.Timer;

/** A server's registry, as far as the hub uses one: it gives again what it has under a name. */
public final class TestRegistry {
  private final TreeMap<MetricID, Metric> metrics = new TreeMap<>();

  /** What the hub is given. */
  public MetricRegistry registry() {
    return (MetricRegistry)
        Proxy.newProxyInstance(
            TestRegistry.class.getClassLoader(),
            new Class<?>[] {MetricRegistry.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "counter" -> metrics.computeIfAbsent(id(arguments), id -> new Sum());
                  case "timer" -> metrics.computeIfAbsent(id(arguments), id -> new Times());
                  case "gauge" -> metrics.computeIfAbsent(id(arguments), id -> gauge(arguments));
                  case "remove" -> metrics.remove((MetricID) arguments[0]) != null;
                  default -> throw new UnsupportedOperationException(method.toString());
                });
  }

  private static MetricID id(Object[] arguments) {
    String name = ((Metadata) arguments[0]).getName();
    return arguments[arguments.length - 1] instanceof Tag[] tags
        ? new MetricID(name, tags)
        : new MetricID(name);
  }

  @SuppressWarnings("unchecked")
  private static Gauge<Number> gauge(Object[] arguments) {
    Function<Object, Number> reading = (Function<Object, Number>) arguments[2];
    return () -> reading.apply(arguments[1]);
  }

  /** The names that it has now. */
  public SortedSet<String> names() {
    SortedSet<String> names = new TreeSet<>();
    metrics.keySet().forEach(id -> names.add(id.getName()));
    return names;
  }

  long count(String name, Tag... tags) {
    return ((Counter) required(new MetricID(name, tags))).getCount();
  }

  Number gauge(String name) {
    return ((Gauge<?>) required(new MetricID(name))).getValue();
  }

  private Metric required(MetricID id) {
    return Objects.requireNonNull(metrics.get(id), () -> id + " is not among " + metrics.keySet());
  }

  private static final class Sum implements Counter {
    private final AtomicLong sum = new AtomicLong();

    @Override
    public void inc() {
      inc(1);
    }

    @Override
    public void inc(long n) {
      sum.addAndGet(n);
    }

    @Override
    public long getCount() {
      return sum.get();
    }
  }

  private static final class Times implements Timer {
    private final List<Duration> all = new ArrayList<>();

    @Override
    public void update(Duration duration) {
      all.add(duration);
    }

    @Override
    public <T> T time(Callable<T> event) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void time(Runnable event) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Context time() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Duration getElapsedTime() {
      return all.stream().reduce(Duration.ZERO, Duration::plus);
    }

    @Override
    public long getCount() {
      return all.size();
    }

    @Override
    public Snapshot getSnapshot() {
      return new Largest(all.stream().mapToLong(Duration::toNanos).max().orElse(0));
    }
  }

  /** Says of every quantile that it is the largest, in nanoseconds as servers do. */
  private static final class Largest extends Snapshot {
    private final long nanos;

    Largest(long nanos) {
      this.nanos = nanos;
    }

    @Override
    public long size() {
      return 1;
    }

    @Override
    public double getMax() {
      return (double) nanos;
    }

    @Override
    public double getMean() {
      return (double) nanos;
    }

    @Override
    public PercentileValue[] percentileValues() {
      return new PercentileValue[] {
        new PercentileValue(0.99, (double) nanos), new PercentileValue(0.5, (double) nanos)
      };
    }

    @Override
    public HistogramBucket[] bucketValues() {
      return new HistogramBucket[0];
    }

    @Override
    public void dump(OutputStream output) {
      throw new UnsupportedOperationException();
    }
  }
}
