package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.launchdarkly.eventsource.ConnectStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.MessageEvent;
import com.launchdarkly.eventsource.StreamException;
import io.heliograph.deployed.DeployedHub;
import io.heliograph.embedded.TestCaller;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.client.ClientRequestFilter;
import jakarta.ws.rs.sse.InboundSseEvent;
import jakarta.ws.rs.sse.SseEventSource;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the hub encodes, read back by two clients that others wrote. */
@ExtendWith(ArquillianExtension.class)
class TwoClientsIT {
  /** JSON whose white space, text and length are what a stream could trip over. */
  private static final List<String> DATA =
      List.of(
          "[\n1]",
          "[\r1]",
          "[\r\n1]",
          "[\n\n1]",
          "[\r\r1]",
          "[\n\r1]",
          "[\r\n\r\n1\r\n]",
          "[ 1\n  ,\n   2\n ,3]",
          "{\"a\":\n\"data: x\",\r\"id: 5\":\"event: y\"}",
          "{\n\"retry: 1\"\n:\n null\n}",
          "\"grüße 漢字 😀 \u2028\u2029\u0085\uFEFF\"",
          "\"\\u0000\\r\\n\"",
          "\"\"",
          "\"" + "long ".repeat(50_000) + "\"",
          "[\n" + "1,\n".repeat(20_000) + "1]",
          "\"" + "漢".repeat(80_000) + "\"");

  @ArquillianResource private URL hub;
  private Door door;

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with();
  }

  @BeforeEach
  void open() throws URISyntaxException {
    door = new Door(hub.toURI());
  }

  private record Seen(String id, String name, String data) {}

  /** Publishes everything under {@code key}, and says what a client should see. */
  private List<Seen> publish(String key) {
    List<Seen> expected = new ArrayList<>();
    for (String data : DATA) {
      // Looks like a field.
      String type = "data: é" + expected.size();
      long id = door.publish("events/" + key, type, data);
      expected.add(new Seen(Long.toString(id), type, data.replaceAll("\r\n|\r", "\n")));
    }
    return expected;
  }

  @Test
  void jerseyReadsEveryEventAsItWasPublished() throws InterruptedException {
    BlockingQueue<InboundSseEvent> arrived = new LinkedBlockingQueue<>();
    Client client = ClientBuilder.newClient();
    client.register(
        (ClientRequestFilter)
            request ->
                request.getHeaders().putSingle("Authorization", "Bearer " + TestCaller.TOKEN));
    URI url = door.stream("events/jersey?since=0");
    try (SseEventSource source = SseEventSource.target(client.target(url)).build()) {
      List<Seen> expected = publish("jersey");
      source.register(arrived::add);
      source.open();
      for (Seen one : expected) {
        InboundSseEvent event = arrived.poll(60, TimeUnit.SECONDS);
        // Jersey hands blocks without data to its listeners too.
        while (event != null && event.isEmpty()) {
          event = arrived.poll(60, TimeUnit.SECONDS);
        }
        assertEquals(asJerseyReads(one), event == null ? null : seen(event));
      }
    } finally {
      client.close();
    }
  }

  /** Jersey takes every space at the beginning of a line away, not only the first. */
  private static Seen asJerseyReads(Seen seen) {
    return new Seen(seen.id(), seen.name(), seen.data().replaceAll("(?m)^ +", ""));
  }

  private static Seen seen(InboundSseEvent event) {
    return new Seen(event.getId(), event.getName(), event.readData());
  }

  @Test
  void okHttpEventSourceReadsEveryEventAsItWasPublished() {
    URI url = door.stream("events/okhttp?since=0");
    try (EventSource source =
        new EventSource.Builder(
                ConnectStrategy.http(url).header("Authorization", "Bearer " + TestCaller.TOKEN))
            .build()) {
      List<Seen> expected = publish("okhttp");
      CompletableFuture<List<Seen>> read = new CompletableFuture<>();
      Thread reader = new Thread(() -> readAll(source, expected.size(), read), "okhttp");
      reader.start();

      List<Seen> seen = Waiting.until("all events were read", read);
      for (int i = 0; i < expected.size(); i++) {
        assertEquals(expected.get(i), seen.get(i));
      }
    }
  }

  private static void readAll(EventSource source, int count, CompletableFuture<List<Seen>> read) {
    try {
      source.start();
      List<Seen> seen = new ArrayList<>();
      while (seen.size() < count) {
        MessageEvent event = source.readMessage();
        seen.add(new Seen(event.getLastEventId(), event.getEventName(), event.getData()));
      }
      read.complete(seen);
    } catch (StreamException | RuntimeException e) {
      read.completeExceptionally(e);
    }
  }
}
