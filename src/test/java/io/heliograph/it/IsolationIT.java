package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import io.heliograph.embedded.TestCaller;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two parties on one stream: whatever one asks for, and from wherever, it gets its own events and
 * none of the other's.
 *
 * <p>Every party is new in each test, so a reader of the whole stream sees what the test published.
 * Publishing is {@link PublishingForTenantsIT}'s.
 */
class IsolationIT extends DeployedClients {
  private static final String END = "end";

  private final String suffix = "-" + UUID.randomUUID();

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with(
        "heliograph.streams=tenant,owner,both,open",
        "heliograph.stream.open.access=public",
        "heliograph.stream.tenant.isolation=tenant",
        "heliograph.stream.tenant.heartbeat.every=1s",
        "heliograph.stream.owner.isolation=owner",
        "heliograph.stream.owner.heartbeat.every=1s",
        "heliograph.stream.both.isolation=tenant,owner",
        "heliograph.stream.both.heartbeat.every=1s");
  }

  /** Who must not see whose; of every stream, with names or tenants that are alike. */
  @CsvSource({
    "tenant, maria@red, otto@blue",
    "tenant, maria@red, maria@blue",
    "owner, maria, otto",
    "owner, maria@red, otto@red",
    "both, maria@red, otto@red",
    "both, maria@red, maria@blue"
  })
  @ParameterizedTest
  @Retention(RetentionPolicy.RUNTIME)
  @interface ForEachPair {}

  /** What both published by turns, the last being our own "end". */
  private final class Scene {
    private final String stream;
    private final Party own;
    private final Door mine;
    private final Door theirs;
    private final List<Long> ownIds = new ArrayList<>();
    private final List<Long> theirIds = new ArrayList<>();
    private final String key = freshKey();

    Scene(String stream, Party own, Party other) {
      this.stream = stream;
      this.own = own.again(suffix);
      Party another = other.again(suffix);
      mine = door.as(this.own.token());
      theirs = door.as(another.token());
      theirIds.add(publish(theirs, another, "theirs"));
      ownIds.add(publish(mine, this.own, "1"));
      theirIds.add(publish(theirs, another, "theirs"));
      ownIds.add(publish(mine, this.own, "2"));
      theirIds.add(publish(theirs, another, "theirs"));
      ownIds.add(publish(mine, this.own, END));
      // It is acknowledged before it is delivered: from here on nothing of this comes live.
      seen("", "" + theirIds.get(2));
    }

    private long publish(Door as, Party party, String data) {
      return as.post(stream + "/" + key, Door.JSON, party.event("t", data).build() + "").id();
    }

    /** The data of the events that we are given, up to the end. */
    List<String> seen(String keyAndQuery, String position) {
      SseClient client = mine.client(loop, stream + keyAndQuery).at(position).connect();
      assertEquals(200, client.awaitHead().status());
      List<String> seen = new ArrayList<>();
      while (!seen.contains(END)) {
        Block block = client.nextEvent();
        if (!"gap".equals(block.name())) {
          seen.add(block.text().replace("\"", ""));
        }
      }
      client.leave();
      return seen;
    }

    JsonObject page(Door as, String keyAndQuery) {
      Door.Answer answer = as.get("api/v2/streams/" + stream + keyAndQuery);
      assertEquals(200, answer.status(), answer.body());
      return answer.json();
    }

    List<String> pageSeen(String keyAndQuery) {
      return page(mine, keyAndQuery).getJsonArray("events").getValuesAs(JsonObject.class).stream()
          .map(event -> event.getString("data"))
          .toList();
    }
  }

  @ForEachPair
  void replaysTheCallersOwn_fromWhateverPosition(String stream, Party own, Party other) {
    Scene scene = new Scene(stream, own, other);
    List<String> all = List.of("1", "2", END);
    String between = Long.toString(scene.theirIds.get(1));

    for (String path : List.of("", "/" + scene.key)) {
      assertEquals(all, scene.seen(path, "" + scene.theirIds.get(0)), path);
      assertEquals(List.of("2", END), scene.seen(path, between), path);
      assertEquals(List.of("2", END), scene.seen(path + "?lastEventId=" + between, ""), path);
      assertEquals(all, scene.seen(path, "0"), path);
      assertEquals(all, scene.seen(path + "?lastEventId=0", ""), path);
      assertEquals(all, scene.seen(path, "9007199254740991"), path);
      assertEquals(all, scene.seen(path + "?lastEventId=9007199254740991", ""), path);
      assertEquals(all, scene.seen(path + "?since=0", ""), path);
      assertEquals(all, scene.seen(path + "?since=0&type=t,other", ""), path);
      assertEquals(all, scene.seen(path + "?since=0&type=t&type=other&session=s", ""), path);
    }
  }

  /** The other's event was published first: whoever were given it had it before his own. */
  @ForEachPair
  void deliversTheCallersOwn_live(String stream, Party own, Party other) {
    Scene scene = new Scene(stream, own, other);
    List<SseClient> clients = new ArrayList<>();
    for (String path : List.of("", "?type=t", "/" + scene.key, "/" + scene.key + "?type=t,u")) {
      SseClient client = scene.mine.client(loop, stream + path).connect();
      client.awaitStanding();
      clients.add(client);
    }
    for (int i = 0; i < 3; i++) {
      long theirs = scene.publish(scene.theirs, other.again(suffix), "theirs");
      long id = scene.publish(scene.mine, scene.own, "live");
      assertTrue(theirs < id);
      for (SseClient client : clients) {
        assertEquals("[id: " + id + "][event: t][data: \"live\"]", client.nextEvent().toString());
      }
    }
  }

  @ForEachPair
  void movesThePosition_andTellsNothingElse(String stream, Party own, Party other) {
    Scene scene = new Scene(stream, own, other);
    SseClient client = scene.mine.client(loop, stream).connect();
    client.awaitStanding();
    long unseen = scene.publish(scene.theirs, other.again(suffix), "theirs");
    Block block = client.next();
    while (block.id() == null || block.number() < unseen) {
      assertTrue(block.isIdOnly() || block.isComment(), block.toString());
      block = client.next();
    }
    assertTrue(block.isIdOnly(), block.toString());
  }

  @ForEachPair
  void givesPagesOfTheCallersOwn(String stream, Party own, Party other) {
    Scene scene = new Scene(stream, own, other);
    List<String> all = List.of("1", "2", END);
    String theirs =
        URLEncoder.encode(
            other.again(suffix).event("t", "").build().getString("correlation_id"),
            StandardCharsets.UTF_8);
    for (String path : List.of("/events?", "/" + scene.key + "/events?")) {
      assertEquals(all, scene.pageSeen(path), path);
      assertEquals(all, scene.pageSeen(path + "since=0"), path);
      assertEquals(all, scene.pageSeen(path + "after=0"), path);
      assertEquals(all, scene.pageSeen(path + "after=" + scene.theirIds.get(0)), path);
      assertEquals(
          List.of("2", END), scene.pageSeen(path + "after=" + scene.theirIds.get(1)), path);
      assertEquals(all, scene.pageSeen(path + "after=9007199254740991"), path);
      assertEquals(all, scene.pageSeen(path + "type=t,u"), path);
      assertEquals(List.of("1"), scene.pageSeen(path + "limit=1"), path);
      assertEquals(List.of(), scene.pageSeen(path + "correlation_id=" + theirs), path);
      assertEquals(List.of(), scene.pageSeen(path + "correlation_id=" + theirs + "&after=0"), path);
    }
  }

  /** Woken by the other's event, if at all, and answered by the caller's own. */
  @ForEachPair
  void waitsForTheCallersOwn(String stream, Party own, Party other) throws IOException {
    Scene scene = new Scene(stream, own, other);
    String next = scene.page(scene.mine, "/events?").getString("next");
    String path = scene.mine.stream(stream + "/events").getRawPath();
    try (RawExchange waiting = new RawExchange(door.at(""))) {
      waiting.send("GET " + path + "?wait=30s&after=" + next + " HTTP/1.1\r\nHost: h\r\n");
      waiting.send("Authorization: Bearer " + scene.own.token() + "\r\n\r\n");
      long unseen = scene.publish(scene.theirs, other.again(suffix), "theirs");
      assertEquals(List.of(), scene.pageSeen("/events?wait=200ms&after=" + next));
      scene.publish(scene.theirs, other.again(suffix), "theirs");
      long id = scene.publish(scene.mine, scene.own, "awaited");

      assertEquals(200, waiting.status());
      assertTrue(waiting.body().startsWith("{\"events\":[{\"id\":\"" + id + "\""), waiting.body());
      assertFalse(waiting.body().contains("theirs"), waiting.body());
      assertTrue(unseen < id);
    }
  }

  @ForEachPair
  void answersAnothersEventAsOneThatDoesNotExist(String stream, Party own, Party other) {
    Scene scene = new Scene(stream, own, other);
    Door.Answer missing = scene.mine.get("api/v2/events/" + (scene.ownIds.get(2) + 1000));
    assertEquals(404, missing.status());
    for (long id : scene.theirIds) {
      assertSame(missing, scene.mine.get("api/v2/events/" + id));
      assertEquals(200, scene.theirs.get("api/v2/events/" + id).status());
    }
    for (long id : scene.ownIds) {
      assertEquals(200, scene.mine.get("api/v2/events/" + id).status());
      assertEquals(404, scene.theirs.get("api/v2/events/" + id).status());
    }
    Door nobody = door.as(null);
    Door.Answer refused = nobody.get("api/v2/events/" + (scene.ownIds.get(2) + 1000));
    assertEquals(401, refused.status());
    assertSame(refused, nobody.get("api/v2/events/" + scene.ownIds.get(0)));
  }

  private static void assertSame(Door.Answer expected, Door.Answer seen) {
    assertEquals(expected.status(), seen.status());
    assertEquals(expected.body(), seen.body());
    assertEquals(headers(expected), headers(seen));
  }

  private static List<String> headers(Door.Answer answer) {
    return answer.response().headers().map().entrySet().stream()
        .filter(header -> !header.getKey().equalsIgnoreCase("date"))
        .map(Object::toString)
        .sorted()
        .toList();
  }

  @ForEachPair
  void answersHeadAsIfTheOthersHadPublishedNothing(String stream, Party own, Party other) {
    Scene scene = new Scene(stream, own, other);
    Party stranger = own.again("-stranger" + suffix);
    Door reader = door.as(TestCaller.token(stranger.name(), strangers(own), "events-read-own"));
    Door.Answer missing = head(reader, "api/v2/events/" + (scene.ownIds.get(2) + 1000));
    assertEquals(404, missing.status());
    assertSame(missing, head(reader, "api/v2/events/" + scene.ownIds.get(0)));

    Door.Answer empty = head(reader, "api/v2/streams/" + stream + "/events?after=0");
    assertEquals(200, empty.status());
    long length = Long.parseLong(empty.header("Content-Length"));
    assertEquals(
        reader.get("api/v2/streams/" + stream + "/events?after=0").body().length(), length);
    assertTrue(length < 64, length + " bytes");
    assertSame(
        head(reader, "api/v2/streams/" + stream + "/" + freshKey()),
        head(reader, "api/v2/streams/" + stream + "/" + scene.key + "?since=0"));
  }

  private @Nullable String strangers(Party party) {
    return party.tenant() == null ? null : "strangers" + suffix;
  }

  private static Door.Answer head(Door as, String path) {
    return as.send(
        HttpRequest.newBuilder(as.at(path))
            .header("Accept", "*/*")
            .method("HEAD", HttpRequest.BodyPublishers.noBody()));
  }

  @ForEachPair
  void givesNewcomersTheirOwnRetainedEvents(String stream, Party own, Party other) {
    Scene scene = new Scene(stream, own, other);
    Party another = other.again(suffix);
    retain(scene.theirs, stream + "/" + scene.key, another, "shape");
    retain(scene.mine, stream + "/" + scene.key, scene.own, "colour");
    // Of the same key and type: whose is the latest is asked for each party by itself.
    retain(scene.theirs, stream + "/" + scene.key, another, "colour");

    for (String path : List.of("", "?type=shape,colour", "/" + scene.key)) {
      SseClient client = scene.mine.client(loop, stream + path).connect();
      assertEquals("[event: colour][data: \"" + scene.own.name() + "\"]", event(client), path);
      assertTrue(client.next().isIdOnly());
      client.leave();
      SseClient others = scene.theirs.client(loop, stream + path).connect();
      assertEquals("[event: shape][data: \"" + another.name() + "\"]", event(others), path);
      assertEquals("[event: colour][data: \"" + another.name() + "\"]", event(others), path);
      assertTrue(others.next().isIdOnly());
      others.leave();
    }
  }

  private static String event(SseClient client) {
    return client.nextEvent().toString();
  }

  private static void retain(Door as, String streamAndKey, Party party, String type) {
    as.post(
            streamAndKey,
            Door.JSON,
            party.event(type, party.name()).add("retain", true).build() + "")
        .id();
  }

  @ForEachPair
  void showsAllToWhoeverMayReadAll(String stream, Party own, Party other) {
    Scene scene = new Scene(stream, own, other);
    Door all = door.as(TestCaller.token("root", null, "events-read-all"));
    SseClient client = all.client(loop, stream + "/" + scene.key + "?since=0").connect();
    List<Long> published = new ArrayList<>(scene.ownIds);
    published.addAll(scene.theirIds);
    for (long id : published.stream().sorted().toList()) {
      assertEquals(id, client.nextEvent().number());
      assertEquals(200, all.get("api/v2/events/" + id).status());
    }
    assertEquals(6, scene.page(all, "/" + scene.key + "/events").getJsonArray("events").size());
  }

  @ForEachPair
  void showsNobodysEventsToNobody_butWhoeverMayReadAll(String stream, Party own, Party other) {
    Scene scene = new Scene(stream, own, other);
    long id =
        door.post(
                stream + "/" + scene.key,
                Door.JSON,
                Json.createObjectBuilder().add("type", "t").add("data", "nobody's").build() + "")
            .id();
    scene.publish(scene.mine, scene.own, "after");

    assertEquals(List.of("1", "2", END, "after"), scene.pageSeen("/events"));
    assertEquals(404, scene.mine.get("api/v2/events/" + id).status());
    SseClient client = scene.mine.client(loop, stream).at(scene.ownIds.get(2)).connect();
    assertEquals("\"after\"", client.nextEvent().text());
    assertEquals(200, door.get("api/v2/events/" + id).status());
  }

  @Test
  void listsTheStreamsThatTheCallerCanRead() {
    assertEquals(List.of("open"), streams(null));
    assertEquals(List.of("open"), streams(TestCaller.token("maria", "red")));
    assertEquals(List.of("open"), streams(TestCaller.token("maria", "red", "events-publish")));
    assertEquals(
        List.of("events", "owner", "open"),
        streams(TestCaller.token("maria", null, "events-read-own")));
    List<String> all = List.of("events", "tenant", "owner", "both", "open");
    assertEquals(all, streams(TestCaller.token("maria", "red", "events-read-own")));
    assertEquals(all, streams(TestCaller.token("maria", null, "events-read-all")));
  }

  private List<String> streams(@Nullable String token) {
    return door.as(token).get("api/v2/streams").json().getJsonArray("streams").stream()
        .map(name -> name.toString().replace("\"", ""))
        .toList();
  }
}
