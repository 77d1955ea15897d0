package io.heliograph.stream;

import io.heliograph.event.EventId;
import io.heliograph.event.View;
import io.heliograph.stream.Admission.Slot;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The requests that wait for an event on this node. */
final class OpenPolls implements Arrivals {
  private final StreamRegistry hub;
  private final Admission admission;
  private final Set<Arrival> waiting = ConcurrentHashMap.newKeySet();

  OpenPolls(StreamRegistry hub, Admission admission) {
    this.hub = hub;
    this.admission = admission;
  }

  @Override
  public Place admit(StreamPolicy policy, Peer peer) {
    return new Admitted(admission.admitPoll(policy, peer));
  }

  private final class Admitted implements Place {
    private final Slot slot;

    private Admitted(Slot slot) {
      this.slot = slot;
    }

    @Override
    public boolean onNext(View view, EventId after, Duration atMost, Runnable wake) {
      if (hub.isStopping()) {
        return false;
      }
      Arrival arrival = new Arrival(hub, after, wake);
      waiting.add(arrival);
      Channel channel = hub.used(view, null, known -> known.attach(arrival));
      arrival.begin(channel, atMost);
      if (hub.isStopping()) {
        arrival.end();
      }
      return true;
    }

    @Override
    public void release() {
      slot.release();
    }
  }

  /** {@code arrival} is over. */
  void ended(Arrival arrival) {
    waiting.remove(arrival);
  }

  /** The node stops: whoever waits is woken. */
  void stop() {
    waiting.forEach(Arrival::end);
  }
}
