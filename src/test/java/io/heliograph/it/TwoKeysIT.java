package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Batches with events of two keys, a reader of each and one of both, who come back at random
 * moments: nobody misses or doubles any.
 *
 * <p>The case that {@code applied} exists for: a reader of one key whose position were the log's
 * head, or moved when the first ring of a batch was filled, would pass by what the same batch holds
 * for it.
 */
@ExtendWith(ArquillianExtension.class)
class TwoKeysIT {
  @ArquillianResource private URL hub;
  private Door door;
  private ClientLoop loop;

  /** The narrow ring is smaller than a batch: readers go to and fro between it and the log. */
  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with(
        "heliograph.streams=roomy,narrow",
        "heliograph.stream.roomy.heartbeat.every=1s",
        "heliograph.stream.roomy.replay.limit=1000000",
        "heliograph.stream.narrow.heartbeat.every=1s",
        "heliograph.stream.narrow.replay.limit=1000000",
        "heliograph.stream.narrow.buffer.events=5");
  }

  @BeforeEach
  void open() throws URISyntaxException {
    door = new Door(hub.toURI());
    loop = new ClientLoop();
  }

  @AfterEach
  void close() {
    loop.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"roomy", "narrow"})
  void nobodyMissesOrDoublesAnEvent(String stream) {
    List<Reader> readers =
        Stream.of("/a", "/b", "", "/a?type=even", "/c")
            .flatMap(view -> IntStream.range(0, 3).mapToObj(i -> new Reader(stream, view)))
            .toList();
    readers.forEach(reader -> reader.client.comeBack());

    List<Sent> sent = new ArrayList<>();
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int batch = 0; batch < Sizes.TWO_KEYS_BATCHES; batch++) {
      sent.addAll(publish(stream, random.nextInt(1, 20)));
      readers.get(random.nextInt(readers.size())).client.comeBack();
    }
    for (String key : List.of("a", "b", "c")) {
      sent.addAll(publishOne(stream, key));
    }
    for (Reader reader : readers) {
      List<Long> expected = sent.stream().filter(reader::wants).map(Sent::id).toList();
      Waiting.until(
          reader.view + " has its " + expected.size() + " events",
          () -> reader.count() >= expected.size());
      assertEquals(expected, reader.ids(), () -> stream + reader.view);
      assertTrue(reader.client.connects() > 1, "it never came back");
    }
    readers.forEach(reader -> reader.client.leave());
  }

  private record Sent(long id, String keys, String type) {}

  private List<Sent> publish(String stream, int size) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    List<String> events = new ArrayList<>();
    List<Sent> sent = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      String keys = List.of("a", "b", "ab").get(random.nextInt(3));
      String type = i % 2 == 0 ? "even" : "odd";
      events.add(event(keys, type));
      sent.add(new Sent(0, keys, type));
    }
    List<Long> ids = door.post(stream, Door.JSON, "[" + String.join(",", events) + "]").ids();
    return IntStream.range(0, size)
        .mapToObj(i -> new Sent(ids.get(i), sent.get(i).keys(), sent.get(i).type()))
        .toList();
  }

  private List<Sent> publishOne(String stream, String key) {
    long id = door.post(stream, Door.JSON, event(key, "even")).id();
    return List.of(new Sent(id, key, "even"));
  }

  private static String event(String keys, String type) {
    List<String> quoted = keys.chars().mapToObj(c -> "\"" + (char) c + "\"").toList();
    return "{\"type\":\"" + type + "\",\"data\":1,\"keys\":[" + String.join(",", quoted) + "]}";
  }

  private final class Reader {
    private final String view;
    private final SseClient client;
    private final List<Long> ids = new ArrayList<>();
    private long position;

    Reader(String stream, String view) {
      this.view = view;
      this.client = door.client(loop, stream + view).connect();
      client.awaitStanding();
      client.to(this::take);
    }

    private synchronized void take(Block block) {
      if ("gap".equals(block.name())) {
        throw new AssertionError(view + ": " + block);
      }
      if (block.id() != null) {
        if (block.number() < position) {
          throw new AssertionError(view + " went back from " + position + ": " + block);
        }
        position = block.number();
      }
      if (block.isEvent()) {
        ids.add(block.number());
      }
    }

    boolean wants(Sent event) {
      String path = view.split("\\?", -1)[0];
      boolean isKeys = path.isEmpty() || event.keys().contains(path.substring(1));
      return isKeys && (!view.contains("type=") || event.type().equals("even"));
    }

    synchronized int count() {
      return ids.size();
    }

    synchronized List<Long> ids() {
      return List.copyOf(ids);
    }
  }
}
