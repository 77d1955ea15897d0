package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.deployed.DeployedHub;
import io.heliograph.embedded.TestCaller;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A caller with a tenant publishes for that one, in whatever form the event comes. */
class PublishingForTenantsIT extends DeployedClients {
  private static final String OWN = "{\"type\":\"t\",\"data\":1}";
  private static final String NDJSON = "application/x-ndjson";
  private static final String CLOUD_EVENT = "application/cloudevents+json";
  private static final String CLOUD_EVENTS = "application/cloudevents-batch+json";

  private String stream = "tenant/" + freshKey();

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with(
        "heliograph.streams=tenant", "heliograph.stream.tenant.isolation=tenant");
  }

  private Door red() {
    return door.as(TestCaller.token("maria", "red", "events-publish", "events-read-own"));
  }

  /** The tenants of what is stored under this test's key. */
  private List<String> stored() {
    return door.get("api/v2/streams/" + stream + "/events").json().getJsonArray("events").stream()
        .map(event -> String.valueOf(event.asJsonObject().get("tenant")).replace("\"", ""))
        .toList();
  }

  private void assertRefused(Door.Answer answer) {
    String sentence = answer.problem(403, "forbidden");
    assertTrue(sentence.contains("tenant 'blue' was given"), sentence);
    assertEquals(List.of(), stored());
  }

  private static String cloud(String id, String more) {
    return "{\"specversion\":\"1.0\",\"type\":\"t\",\"source\":\"/s\",\"id\":\""
        + (id + "\",\"data\":1" + more + "}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tenant/", "events/"})
  void refusesAnothersTenant_onWhateverStream(String path) {
    stream = path + freshKey();
    String blue = "{\"type\":\"t\",\"data\":1,\"tenant\":\"blue\"}";
    assertRefused(red().post(stream, Door.JSON, blue));
  }

  @Test
  void storesNothingOfABatch_ofWhichOneIsAnothers() {
    String blue = "{\"type\":\"t\",\"data\":1,\"tenant\":\"blue\"}";
    String many = (OWN + ",").repeat(300);
    assertRefused(red().post(stream, Door.JSON, "[" + many + blue + "]"));
    assertRefused(red().post(stream, Door.JSON, "[" + blue + "," + OWN + "]"));
    assertRefused(red().post(stream, NDJSON, (OWN + "\n").repeat(300) + blue + "\n" + OWN));
  }

  @Test
  void refusesACloudEventOfAnother_inEachOfItsForms() {
    String blue = ",\"tenant\":\"blue\"";
    assertRefused(red().post(stream, CLOUD_EVENT, cloud("1", blue)));
    assertRefused(
        red().post(stream, CLOUD_EVENTS, "[" + cloud("1", "") + "," + cloud("2", blue) + "]"));
    assertRefused(
        red()
            .post(
                stream,
                Door.JSON,
                "1",
                "ce-specversion",
                "1.0",
                "ce-type",
                "t",
                "ce-source",
                "/s",
                "ce-id",
                "3",
                "ce-tenant",
                "blue"));
  }

  @Test
  void publishesForTheCallersTenant_unlessTheEventNamesIt() {
    red().post(stream, Door.JSON, OWN).id();
    red()
        .post(stream, Door.JSON, "[" + OWN + ",{\"type\":\"t\",\"data\":1,\"tenant\":\"red\"}]")
        .ids();
    red().post(stream, NDJSON, OWN + "\n").ids();
    assertEquals(201, red().post(stream, CLOUD_EVENT, cloud(freshKey(), "")).status());
    assertEquals(
        201,
        red()
            .post(
                stream,
                Door.JSON,
                "1",
                "ce-specversion",
                "1.0",
                "ce-type",
                "t",
                "ce-source",
                "/s",
                "ce-id",
                freshKey())
            .status());

    assertEquals(List.of("red", "red", "red", "red", "red", "red"), stored());
  }

  @Test
  void letsACallerWithoutATenant_publishForAnyOrNone() {
    door.post(stream, Door.JSON, OWN).id();
    door.post(stream, Door.JSON, "{\"type\":\"t\",\"data\":1,\"tenant\":\"blue\"}").id();

    assertEquals(List.of("null", "blue"), stored());
  }

  /** An idempotency key is its caller's, who may be called the same in another tenant. */
  @Test
  void givesNobodyAnothersAnswer_forTheSameIdempotencyKey() {
    Door blue = door.as(TestCaller.token("maria", "blue", "events-publish", "events-read-own"));
    String key = freshKey();
    long id = red().post(stream, Door.JSON, OWN, "Idempotency-Key", key).id();
    Door.Answer answer = blue.post(stream, Door.JSON, OWN, "Idempotency-Key", key);

    assertTrue(!answer.body().contains("" + id), answer.body());
  }
}
