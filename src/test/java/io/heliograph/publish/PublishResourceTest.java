package io.heliograph.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.access.Caller;
import io.heliograph.access.ClientAddresses;
import io.heliograph.access.ForbiddenException;
import io.heliograph.body.ArrivingBody;
import io.heliograph.body.BodyReader;
import io.heliograph.body.RefusedRequestException;
import io.heliograph.body.RefusedRequestException.Reason;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import io.heliograph.event.InvalidEventException;
import io.heliograph.log.LogUnavailableException;
import io.heliograph.log.OutcomeUnknownException;
import io.heliograph.log.Publication;
import io.heliograph.log.Receipt;
import io.heliograph.metrics.HubMetrics;
import io.heliograph.settings.Settings;
import io.heliograph.stream.StreamPolicies;
import io.heliograph.stream.UnknownStreamException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PublishResourceTest {
  private static final String EVENT = "{\"type\":\"a\",\"data\":1}";

  private final HubMetrics metrics = new HubMetrics(null);
  private final ArrivingBody body = new ArrivingBody();
  private final Map<String, List<String>> headers = new LinkedHashMap<>();
  private final List<Publication> appended = new ArrayList<>();
  private final CompletableFuture<Receipt> receipt = new CompletableFuture<>();
  private final List<Runnable> executor = new ArrayList<>();
  private final List<Object> answers = new ArrayList<>();
  private Caller caller = Requests.MARIA;
  private PublishResource resource = resource(Map.of());

  private PublishResource resource(Map<String, String> settings) {
    return new PublishResource(
        new Publisher(
            publication -> {
              appended.add(publication);
              return receipt;
            },
            StreamPolicies.read(Settings.of(settings)),
            metrics,
            executor::add),
        new BodyReader(body::execute, 10),
        ClientAddresses.read(Settings.of(Map.of())));
  }

  @Test
  void answersOnceItIsDurable_onTheExecutor() throws Exception {
    post("events", null);
    body.arrives(EVENT).ends();
    assertEquals(1, appended.size());
    assertEquals(0, answers.size());
    receipt.complete(stored(7));
    assertEquals(0, answers.size(), "the appender's thread does not answer");

    executor.remove(0).run();

    Response response = assertInstanceOf(Response.class, answers.get(0));
    assertEquals(201, response.getStatus());
    assertEquals("{\"id\":\"7\"}", response.getEntity());
    assertEquals(URI.create("/hub/api/v2/events/7"), response.getLocation());
    assertEquals("application/json", response.getMediaType().toString());
    assertEquals(1, metrics.published());
  }

  /** Seen red: anybody could publish the event that sends a stream's readers away. */
  @Test
  void refusesTheStreamsFarewell() throws Exception {
    resource =
        resource(
            Map.of(
                "heliograph.streams", "events",
                "heliograph.stream.events.farewell", "closing"));
    post("events", null);
    body.arrives("{\"type\":\"closing\",\"data\":1}").ends();
    executor.remove(0).run();

    InvalidEventException refusal = assertInstanceOf(InvalidEventException.class, answers.get(0));
    assertTrue(String.valueOf(refusal.getMessage()).contains("farewell"), "" + refusal);
    assertEquals(0, appended.size());
  }

  @Test
  void answersABatchWithItsIds() throws Exception {
    post("events", null);
    body.arrives("[" + EVENT + "," + EVENT + "]").ends();
    receipt.complete(stored(7, 8));
    executor.remove(0).run();

    Response response = assertInstanceOf(Response.class, answers.get(0));
    assertEquals("{\"ids\":[\"7\",\"8\"]}", response.getEntity());
    assertNull(response.getLocation());
    assertEquals(2, metrics.published());
  }

  @Test
  void answersARepetitionLikeTheFirst_andCountsNothing() throws Exception {
    headers.put("Idempotency-Key", List.of("i-1"));
    post("events", null);
    body.arrives(EVENT).ends();
    receipt.complete(new Receipt.Stored(List.of(new EventId(7)), true));
    executor.remove(0).run();

    assertEquals("i-1", Objects.requireNonNull(appended.get(0).parts().get(0).key()).key());
    assertEquals(201, assertInstanceOf(Response.class, answers.get(0)).getStatus());
    assertEquals(0, metrics.published());
  }

  @Test
  void readsCloudEventsHeaders_inAnyCase() throws Exception {
    headers.put("CE-SpecVersion", List.of("1.0"));
    headers.put("Ce-Id", List.of("1"));
    headers.put("ce-source", List.of("/shop"));
    headers.put("ce-type", List.of("paid"));
    post("events", "42");
    body.arrives("[]").ends();

    EventDraft draft = appended.get(0).parts().get(0).drafts().get(0);
    assertEquals("paid", draft.type());
    assertEquals(List.of("42"), draft.keys());
    assertEquals("maria", Objects.requireNonNull(appended.get(0).parts().get(0).key()).caller());
  }

  @Test
  void refusesAnUnknownStream_beforeItReads() {
    post("orders", null);

    assertInstanceOf(UnknownStreamException.class, answers.get(0));
  }

  @Test
  void refusesAHeaderGivenTwice() {
    headers.put("Idempotency-Key", List.of("a", "b"));
    post("events", null);

    assertEquals(Reason.MALFORMED, refused().reason());
  }

  @Test
  void appendsNothingOfAnEventThatDoesNotFit() throws Exception {
    post("events", null);
    body.arrives("{}").ends();
    assertInstanceOf(InvalidEventException.class, answers.get(0));
    assertEquals(0, appended.size());
  }

  @Test
  void refusesWhatTheStoreRefuses() throws Exception {
    post("events", null);
    body.arrives(EVENT).ends();
    receipt.complete(new Receipt.Refused("no"));
    executor.remove(0).run();

    assertEquals(Reason.INVALID, refused().reason());
  }

  @Test
  void refusesAConflict() throws Exception {
    post("events", null);
    body.arrives(EVENT).ends();
    receipt.complete(new Receipt.Conflict("i-1"));
    executor.remove(0).run();

    assertEquals(Reason.CONFLICT, refused().reason());
  }

  @Test
  void passesOnWhatTheLogSays() throws Exception {
    LogUnavailableException unavailable = new LogUnavailableException("gone");
    post("events", null);
    body.arrives(EVENT).ends();
    receipt.completeExceptionally(unavailable);
    executor.remove(0).run();

    assertSame(unavailable, answers.get(0));
  }

  @Test
  void passesOnThatTheOutcomeIsUnknown() throws Exception {
    OutcomeUnknownException unknown = new OutcomeUnknownException("gone", new IOException());
    post("events", null);
    body.arrives(EVENT).ends();
    receipt.completeExceptionally(unknown);
    executor.remove(0).run();

    assertSame(unknown, answers.get(0));
  }

  /** Seen red: a system's stream took any event of anybody's. */
  @Test
  void sendsAwayWhoeverWantsASystemsStream_beforeItReadsTheBody() {
    resource = resource(Map.of("heliograph.systems", "jobs"));
    post("jobs", null);
    post("jobs", "42");

    assertEquals(2, answers.size());
    for (Object answer : answers) {
      assertEquals(
          "stream 'jobs' belongs to a system and takes no events here; use POST /api/jobs/{id}",
          assertInstanceOf(ForbiddenException.class, answer).getMessage());
    }
    assertEquals(0, appended.size());
  }

  @Test
  void publishesAsTheCaller() {
    caller = Requests.caller("maria", "a");
    headers.put("Idempotency-Key", List.of("i-1"));
    post("events", null);
    body.arrives(EVENT).ends();

    Publication.Part part = appended.get(0).parts().get(0);
    assertEquals("a", part.drafts().get(0).tenant());
    assertEquals(
        Requests.caller("maria", "a").identity(), Objects.requireNonNull(part.key()).caller());
  }

  @Test
  void takesTheRoleToPublish_atEachOfItsDoors() {
    List<java.lang.reflect.Method> doors =
        Arrays.stream(PublishResource.class.getDeclaredMethods())
            .filter(method -> method.isAnnotationPresent(POST.class))
            .toList();

    assertEquals(2, doors.size());
    for (java.lang.reflect.Method door : doors) {
      RolesAllowed roles = Objects.requireNonNull(door.getAnnotation(RolesAllowed.class));
      assertEquals(List.of("events-publish"), List.of(roles.value()));
    }
  }

  private RefusedRequestException refused() {
    return assertInstanceOf(RefusedRequestException.class, answers.get(0));
  }

  private static Receipt stored(long... ids) {
    return new Receipt.Stored(Arrays.stream(ids).mapToObj(EventId::new).toList(), false);
  }

  private void post(String stream, @Nullable String key) {
    HttpServletRequest request =
        fake(
            HttpServletRequest.class,
            (method, argument) ->
                switch (method) {
                  case "getHeaderNames" -> Collections.enumeration(headers.keySet());
                  case "getHeaders" ->
                      Collections.enumeration(
                          Optional.ofNullable(headers.get(argument)).orElse(List.of()));
                  case "getContentType" -> "application/json";
                  case "getContentLengthLong" -> -1L;
                  case "getRemoteAddr" -> "203.0.113.9";
                  case "getInputStream" -> body;
                  case "getAttribute" -> Caller.class.getName().equals(argument) ? caller : null;
                  default -> null;
                });
    UriInfo uri = fake(UriInfo.class, (method, argument) -> URI.create("http://h:1/hub/api/"));
    AsyncResponse response = fake(AsyncResponse.class, (method, argument) -> answers.add(argument));
    int before = answers.size();
    if (key == null) {
      resource.publish(stream, request, uri, response);
    } else {
      resource.publishWithKey(stream, key, request, uri, response);
    }
    assertTrue(answers.size() <= before + 1);
  }

  private interface Answers {
    @Nullable Object to(String method, @Nullable Object argument);
  }

  private static <T> T fake(Class<T> type, Answers answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                answers.to(method.getName(), arguments == null ? null : arguments[0])));
  }
}
