package io.heliograph.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.access.Caller;
import io.heliograph.access.Credential;
import io.heliograph.access.ForbiddenException;
import io.heliograph.access.InvalidCredentialException;
import io.heliograph.access.NotAuthenticatedException;
import io.heliograph.access.Roles;
import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who is given what. */
class HistoryVisibilityTest extends HistoryFixture {

  @Test
  void givesATenantItsOwnPages_andNobodyWithoutACredentialAny() {
    settings.put("heliograph.stream.events.isolation", "tenant");
    use(Runnable::run);
    append(tenants("0", "a"), tenants("1", "b"), tenants("2", null), tenants("3", "a"));

    assertEquals(List.of("0", "1", "2", "3"), data(page(Map.of())));
    caller = new Caller("jan", Set.of(Roles.READ_ALL), "a", Credential.NONE);
    assertEquals(List.of("0", "3"), data(follow(Map.of("limit", "1"))));
    caller = new Caller("jan", Set.of(Roles.PUBLISH), "a", Credential.NONE);
    assertThrows(ForbiddenException.class, () -> ask(Map.of()));
    caller = Caller.ANONYMOUS;
    assertThrows(NotAuthenticatedException.class, () -> ask(Map.of()));
  }

  @Test
  void waitsForTheCallersOwn() {
    settings.put("heliograph.stream.events.isolation", "tenant");
    List<View> views = new ArrayList<>();
    history =
        history(
            Runnable::run,
            (policy, peer) ->
                new TestPlace() {
                  @Override
                  public boolean onNext(View view, EventId after, Duration atMost, Runnable wake) {
                    views.add(view);
                    return true;
                  }
                });
    caller = new Caller("jan", Set.of(Roles.READ_ALL), "a", Credential.NONE);

    assertFalse(ask(waiting(log.head(), "25s")).isDone());

    assertEquals(List.of(View.of("events").withTenant("a")), views);
  }

  @Test
  void answersTheSame_whetherAnEventDoesNotExistOrIsNotToBeSeen() {
    settings.put("heliograph.stream.events.isolation", "tenant");
    settings.put("heliograph.stream.other.access", "public");
    use(Runnable::run);
    String hidden = append(tenants("0", "b")).get(0).toString();
    String open =
        append(new EventDraft("other", List.of(), "b", null, "a", EventData.of("1"), null, false))
            .get(0)
            .toString();
    Caller jan = new Caller("jan", Set.of(Roles.READ_ALL), "a", Credential.NONE);
    Caller lacking = new Caller("jan", Set.of(Roles.PUBLISH), "b", Credential.NONE);

    for (String id : List.of(hidden, "1", "x", "", "-1", "9".repeat(40))) {
      assertTrue(find(id, jan).isEmpty(), id);
      assertInstanceOf(ForbiddenException.class, refusal(id, lacking), id);
      assertEquals(refusal("1", lacking).getMessage(), refusal(id, lacking).getMessage());
      assertInstanceOf(NotAuthenticatedException.class, refusal(id, Caller.ANONYMOUS), id);
    }
    for (Caller any : List.of(jan, lacking, Caller.ANONYMOUS)) {
      assertTrue(find(open, any).isPresent());
    }
    assertTrue(find(hidden, READER).isPresent());
  }

  @Test
  void saysThatNothingIsThere_whereEveryStreamIsPublic() {
    settings.put("heliograph.stream.events.access", "public");
    settings.put("heliograph.stream.other.access", "public");
    use(Runnable::run);

    assertTrue(find("1", Caller.ANONYMOUS).isEmpty());
  }

  @Test
  void waitsNoLongerThanTheCredentialLasts() {
    caller = expiringIn(Duration.ofSeconds(10));
    assertFalse(ask(waiting(log.head(), "25s")).isDone());
    caller = expiringIn(Duration.ofSeconds(30));
    assertFalse(ask(waiting(log.head(), "25s")).isDone());

    assertEquals(List.of(Duration.ofSeconds(10), Duration.ofSeconds(25)), waits);
  }

  @Test
  void givesNoEvent_toACallerWhoseCredentialEndedMeanwhile() {
    caller = expiringIn(Duration.ofSeconds(10));
    CompletableFuture<HistoryPage> early = ask(waiting(log.head(), "25s"));
    CompletableFuture<HistoryPage> late = ask(waiting(log.head(), "25s"));
    append(drafts(1));
    now = now.plusMillis(9_999);
    wakes.get(0).run();
    now = now.plusMillis(1);
    wakes.get(1).run();

    assertEquals(List.of("0"), data(early.join()));
    assertInstanceOf(InvalidCredentialException.class, failure(late));
    assertInstanceOf(InvalidCredentialException.class, failure(ask(Map.of())));
  }

  private Caller expiringIn(Duration time) {
    return new Caller(
        "maria",
        Set.of(Roles.READ_ALL),
        null,
        new Credential(Credential.Kind.TOKEN, "", now.plus(time)));
  }

  private Throwable refusal(String id, Caller by) {
    return Objects.requireNonNull(failure(history.find(id, by).toCompletableFuture()));
  }

  private static EventDraft tenants(String data, @Nullable String tenant) {
    return new EventDraft("events", List.of(), tenant, null, "a", EventData.of(data), null, false);
  }
}
