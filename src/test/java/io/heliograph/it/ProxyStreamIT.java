package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.embedded.TestCaller;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams, polls and publications through the proxies of {@code deploy/}, as they are. */
class ProxyStreamIT {
  /** Longer than a minute, which is a proxy's usual time-out. */
  private static final Duration SILENCE = Duration.ofSeconds(70);

  private static final Duration BEAT = Duration.ofSeconds(3);

  /** For ticks of the hub's timer and a busy machine. */
  private static final Duration SLACK = Duration.ofSeconds(6);

  /** Far less than what passes a reader that has stopped, more than a proxy's memory varies by. */
  private static final long GROWTH_LIMIT_BYTES = 4L << 20;

  private static final int BATCHES = 100;
  private static final int BATCH = 200;
  private static final String KIBIBYTE = "\"" + "x".repeat(1022) + "\"";

  private static TestHub hub;
  private static Proxies proxies;
  private static ClientLoop loop;
  private static final Map<ProxyProgram, SseClient> silent = new EnumMap<>(ProxyProgram.class);

  @BeforeAll
  static void start() {
    hub =
        TestHub.start(
            "proxied",
            Map.of(
                "streams", "quiet,beating,silent,slow",
                "trusted-proxies", "127.0.0.1",
                "stream.quiet.heartbeat.every", "0",
                "stream.beating.heartbeat.every", BEAT.toSeconds() + "s",
                "stream.silent.heartbeat.every", SILENCE.toSeconds() + "s",
                "stream.slow.history.events", "0",
                "stream.slow.write-timeout", "0"));
    loop = new ClientLoop();
    proxies = new Proxies(hub.door().at("/"));
    for (Map.Entry<ProxyProgram, FrontProxy> one : proxies.all()) {
      silent.put(one.getKey(), one.getValue().door().client(loop, "silent").connect());
    }
  }

  @AfterAll
  static void stop() {
    try {
      loop.close();
    } finally {
      proxies.close();
      hub.close();
    }
  }

  private static String freshKey() {
    return UUID.randomUUID().toString();
  }

  private static SseClient open(ProxyProgram program, String streamAndKey) {
    return proxies.of(program).door().client(loop, streamAndKey).connect();
  }

  /** Nothing follows what is waited for: what was held back would never come. */
  @ParameterizedTest
  @EnumSource
  void passesTheFirstBlockAndEachEvent_thoughNothingFollows(ProxyProgram program) {
    String place = "quiet/" + freshKey();
    SseClient client = open(program, place);

    assertEquals(200, client.awaitHead().status());
    assertNull(client.awaitHead().header("Content-Encoding"));
    client.awaitStanding();
    long quickest = Long.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      long begun = System.nanoTime();
      long id = hub.door().publish(place, "t", Integer.toString(i));
      assertEquals(id, client.nextEvent().number());
      quickest = Math.min(quickest, System.nanoTime() - begun);
    }
    // A packet that waits for more waits for 200 ms, with every event.
    assertTrue(quickest < 100_000_000, "the quickest took " + quickest + " ns");
    client.leave();
  }

  @ParameterizedTest
  @EnumSource
  void compressesNothing_whateverTheClientTakes(ProxyProgram program) {
    String place = "quiet/" + freshKey();
    SseClient client =
        proxies.of(program).door().client(loop, place).header("Accept-Encoding", "gzip, br");
    client.connect();

    assertNull(client.awaitHead().header("Content-Encoding"));
    client.awaitStanding();
    client.leave();
  }

  @ParameterizedTest
  @EnumSource
  void passesHeartbeats(ProxyProgram program) {
    SseClient client = open(program, "beating/" + freshKey());
    client.awaitStanding();

    assertEquals("[:heartbeat]", client.next().toString());
    assertEquals("[:heartbeat]", client.next().toString());
    client.leave();
  }

  /** Begun before all other tests, so that little of its time is left to wait for. */
  @ParameterizedTest
  @EnumSource
  void keepsAStreamOpen_thatIsSilentForLongerThanAMinute(ProxyProgram program) {
    FrontProxy.assumeInstalled(program);
    SseClient client = Objects.requireNonNull(silent.get(program));
    Waiting.until("the heartbeat", () -> isBeat(client), SILENCE.plus(Waiting.DEADLINE));
  }

  private static boolean isBeat(SseClient client) {
    Block block = client.poll();
    assertTrue(block != null || !client.isEnded(), "it was ended");
    return block != null && block.isComment();
  }

  @ParameterizedTest
  @EnumSource
  void replaysFromTheIdThatTheClientBrings(ProxyProgram program) {
    String place = "quiet/" + freshKey();
    long first = hub.door().publish(place, "t", "1");
    long second = hub.door().publish(place, "t", "2");
    SseClient client = proxies.of(program).door().client(loop, place).at(first).connect();

    assertEquals(second, client.nextEvent().number());
    long third = hub.door().publish(place, "t", "3");
    assertEquals(third, client.nextEvent().number());
    client.comeBack();
    long fourth = hub.door().publish(place, "t", "4");
    assertEquals(fourth, client.nextEvent().number());
    client.leave();
  }

  @ParameterizedTest
  @EnumSource
  void passesAKeyWithASlash(ProxyProgram program) {
    String place = "quiet/" + freshKey() + "%2Fa";
    SseClient client = open(program, place);
    client.awaitStanding();

    long id = proxies.of(program).door().publish(place, "t", "1");

    assertEquals(id, client.nextEvent().number());
    client.leave();
  }

  @ParameterizedTest
  @EnumSource
  void passesABatchOfMegabytes_andTheHubsOwnRefusalOfALargerOne(ProxyProgram program) {
    Door door = proxies.of(program).door();
    String place = "slow/" + freshKey();

    assertEquals(2 * 128, door.post(place, "application/x-ndjson", lines(2, 8)).ids().size());
    assertEquals(7 * 8, door.post(place, "application/x-ndjson", lines(7, 128)).ids().size());
    Door.Answer refused = door.post(place, "application/x-ndjson", lines(9, 128));
    // Tomcat resets the connection behind a 413, and Apache looks at nothing but that.
    if (program != ProxyProgram.APACHE || refused.status() != 502) {
      String refusal = refused.problem(413, "too-large");
      assertTrue(refusal.contains("8"), refusal);
    }
  }

  /** Events of so many KiB each, as many as make so many MiB. */
  private static String lines(int mebibytes, int kibibytes) {
    String data = "\"" + "x".repeat((kibibytes << 10) - 64) + "\"";
    return ("{\"type\":\"t\",\"data\":" + data + "}\n").repeat((mebibytes << 10) / kibibytes);
  }

  @ParameterizedTest
  @EnumSource
  void passesALongPoll_whenSomethingComes(ProxyProgram program) {
    Door door = proxies.of(program).door();
    String place = "quiet/" + freshKey();
    long before = hub.door().publish(place, "t", "1");
    String poll = "api/v2/streams/" + place + "/events?after=" + before + "&wait=";
    long begun = System.nanoTime();
    assertTrue(door.get(poll + "2s").body().contains("\"events\":[]"));
    assertTrue(System.nanoTime() - begun >= TimeUnit.SECONDS.toNanos(2));
    CompletableFuture<Door.Answer> answer =
        CompletableFuture.supplyAsync(() -> door.get(poll + "50s"));

    long id = hub.door().publish(place, "t", "2");

    Door.Answer answered = Waiting.until("the poll's answer", answer, SLACK);
    assertEquals(200, answered.status());
    assertTrue(answered.body().contains("\"id\":\"" + id + "\""), answered.body());
  }

  /**
   * nginx and HAProxy tell it at once, and then a server that does not read while it writes, as
   * Payara, finds out with its second heartbeat. Apache itself finds out with the second.
   */
  @ParameterizedTest
  @CsvSource({"NGINX,2", "HAPROXY,2", "APACHE,4"})
  void tellsTheHubOfAClientThatLeft_withinHeartbeats(ProxyProgram program, int beats)
      throws IOException {
    for (boolean isReset : new boolean[] {false, true}) {
      String key = freshKey();
      RawExchange client = new RawExchange(proxies.of(program).address());
      String path = "/api/v2/streams/beating/" + key;
      client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n" + TestCaller.HEADER + "\r\n");
      assertEquals(200, client.headStatus());

      long left = System.nanoTime();
      if (isReset) {
        client.cut();
      } else {
        client.close();
      }

      Pattern closed = Pattern.compile(" closed: .* key '" + key + "'");
      Waiting.until(
          "the hub has noticed",
          () -> closed.matcher(hubLog()).find(),
          BEAT.multipliedBy(beats).plus(SLACK));
      System.out.println(
          "ProxyStreamIT: "
              + (program + (isReset ? ", reset" : ", closed") + ", noticed after ")
              + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - left)
              + " ms");
    }
  }

  private static String hubLog() {
    try {
      return Files.readString(hub.data().resolve("server.log"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void holdsNothingForAReaderThatStops_whoGetsEverythingAfterwards(ProxyProgram program) {
    FrontProxy proxy = proxies.of(program);
    Ledger ledger = Ledger.ofATroubled("the slow one behind " + program);
    String place = "slow/" + freshKey();
    SseClient client =
        proxy.door().client(loop, place).to(ledger::take).withReceiveBuffer(16 * 1024).connect();
    client.awaitHead();
    String event = "{\"type\":\"t\",\"data\":" + KIBIBYTE + "}\n";
    String batch = event.repeat(BATCH);
    List<Long> published = new ArrayList<>();
    published.addAll(hub.door().post(place, "application/x-ndjson", batch).ids());
    Waiting.until("it reads", () -> ledger.count() == BATCH);
    client.stopReading();
    long memory = proxy.memoryBytes();
    long files = proxy.fileBytes();

    for (int i = 0; i < BATCHES; i++) {
      published.addAll(hub.door().post(place, "application/x-ndjson", batch).ids());
    }

    long grown = proxy.memoryBytes() - memory;
    System.out.println("ProxyStreamIT: " + program + " grew by " + grown / 1024 + " KiB");
    assertTrue(grown < GROWTH_LIMIT_BYTES, program + "'s memory grew by " + grown + " bytes");
    assertEquals(files, proxy.fileBytes(), program + " wrote it into a file");
    client.readOn();
    Waiting.until("it has everything", () -> ledger.count() == published.size());
    assertEquals(published, ledger.ids());
    assertEquals(1, client.connects());
    client.leave();
  }
}
