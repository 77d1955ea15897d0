package io.heliograph.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.metrics.Ending;
import io.heliograph.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LifespanTest {
  private final AtomicLong nanos = new AtomicLong(3_000_000_000L);
  private final TimingWheel wheel = new TimingWheel(nanos::get);
  private final Connection connection = new Connection();

  private final class Connection implements Lifespan.Connection {
    private final List<String> told = new ArrayList<>();
    private Duration stalled = Duration.ZERO;
    private boolean isOver;

    @Override
    public Duration stalledFor() {
      return stalled;
    }

    @Override
    public void heartbeatDue() {
      told.add("beat " + seconds());
    }

    @Override
    public void end(Ending reason) {
      told.add("end " + reason + " " + seconds());
      isOver = true;
    }

    @Override
    public void cut(Ending reason) {
      told.add("cut " + reason + " " + seconds());
      isOver = true;
    }

    @Override
    public boolean isOver() {
      return isOver;
    }
  }

  private long seconds() {
    return nanos.get() / 1_000_000_000L - 3;
  }

  private Lifespan lifespan(String... settings) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      values.put("heliograph.stream.events." + settings[i], settings[i + 1]);
    }
    StreamPolicy policy = StreamPolicies.read(Settings.of(values)).require("events");
    Lifespan lifespan = new Lifespan(policy, wheel, nanos::get, connection);
    lifespan.begin();
    return lifespan;
  }

  private void pass(Duration time) {
    for (long left = time.toMillis(); left > 0; left -= 100) {
      nanos.addAndGet(100_000_000L);
      wheel.tick();
    }
  }

  @Test
  void beats_withoutDrift() {
    lifespan("heartbeat.every", "15s");
    pass(Duration.ofSeconds(151));

    assertEquals(10, connection.told.size());
    assertTrue(connection.told.get(9).matches("beat 15[01]"), connection.told.toString());
  }

  /** Seen red: after a pause two beats came at once. */
  @Test
  void beatsOnce_afterAPause() {
    lifespan("heartbeat.every", "15s");
    nanos.addAndGet(Duration.ofSeconds(100).toNanos());
    wheel.tick();
    pass(Duration.ofSeconds(10));

    assertEquals(1, connection.told.size());
    pass(Duration.ofSeconds(6));
    assertEquals(2, connection.told.size());
  }

  @Test
  void hasOneDeadlineAtATime_andNoneAfterItsEnd() {
    Lifespan lifespan =
        lifespan("heartbeat.every", "5s", "idle-timeout", "60s", "max-lifetime", "1h");
    for (int i = 0; i < 100; i++) {
      pass(Duration.ofSeconds(1));
      lifespan.eventWritten();
      assertEquals(1, wheel.pending());
    }
    lifespan.close();

    assertEquals(0, wheel.pending());
  }

  @Test
  void leavesNothing_whenTheConnectionWasOverBeforeItBegan() {
    connection.isOver = true;
    lifespan("heartbeat.every", "5s");

    assertEquals(0, wheel.pending());
  }

  @Test
  void schedulesNothing_whereThePolicyWantsNothing() {
    lifespan("heartbeat.every", "0", "write-timeout", "0");

    assertEquals(0, wheel.pending());
  }

  @Test
  void endsAnIdleOne_afterItsLastEvent() {
    Lifespan lifespan = lifespan("heartbeat.every", "0", "idle-timeout", "60s");
    pass(Duration.ofSeconds(30));
    lifespan.eventWritten();
    pass(Duration.ofSeconds(58));
    assertEquals(List.of(), connection.told);
    assertEquals(Duration.ofSeconds(58), lifespan.idleFor());
    pass(Duration.ofSeconds(3));

    assertEquals(1, connection.told.size());
    assertTrue(connection.told.get(0).startsWith("end IDLE_TIMEOUT 90"), connection.told.get(0));
    assertEquals(0, wheel.pending());
  }

  @Test
  void cutsAStalledOne_ratherThanEndIt() {
    lifespan("write-timeout", "30s", "idle-timeout", "30s", "heartbeat.every", "0");
    pass(Duration.ofSeconds(29));
    connection.stalled = Duration.ofSeconds(30);
    pass(Duration.ofSeconds(2));

    assertTrue(connection.told.get(0).startsWith("cut WRITE_TIMEOUT"), connection.told.toString());
  }

  @Test
  void saysItsAge() {
    Lifespan lifespan = lifespan();
    pass(Duration.ofSeconds(7));

    assertEquals(Duration.ofSeconds(7), lifespan.age());
  }
}
