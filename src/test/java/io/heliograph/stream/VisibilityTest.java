package io.heliograph.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.access.Caller;
import io.heliograph.access.Credential;
import io.heliograph.access.ForbiddenException;
import io.heliograph.access.NotAuthenticatedException;
import io.heliograph.access.Roles;
import io.heliograph.event.Event;
import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import io.heliograph.event.View;
import io.heliograph.settings.Settings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who sees what, as a table; and what nobody ever sees, over everything that can be asked. */
class VisibilityTest {
  /** Tenant and owner of each event; '-' is none. */
  private static final List<String> EVENTS =
      List.of("-/-", "-/maria", "a/-", "a/maria", "a/jan", "b/maria");

  private static final Map<String, Set<String>> ROLES =
      Map.of(
          "none", Set.of(),
          "publish", Set.of(Roles.PUBLISH),
          "own", Set.of(Roles.READ_OWN),
          "all", Set.of(Roles.READ_ALL),
          "admin", Set.of(Roles.ADMIN));

  /**
   * @param callers maria, by role and tenant: {@code own@a}; or nobody: {@code anonymous}
   * @param seen 401, 403, {@code everything}, or the events
   */
  @ParameterizedTest
  @CsvSource({
    "public, anonymous none publish own all admin none@a own@a all@a admin@a, everything",
    "none, anonymous, 401",
    "none, none publish none@a publish@a, 403",
    "none, own all admin own@a all@a admin@a, everything",
    "tenant, anonymous, 401",
    "tenant, none publish own none@a publish@a, 403",
    "tenant, all admin, everything",
    "tenant, own@a all@a admin@a, a/- a/maria a/jan",
    "tenant, own@c all@c, ''",
    "owner, anonymous, 401",
    "owner, none publish none@a publish@a, 403",
    "owner, own own@a, -/maria a/maria b/maria",
    "owner, all admin all@a admin@a, everything",
    "'tenant,owner', anonymous, 401",
    "'tenant,owner', none publish own none@a publish@a, 403",
    "'tenant,owner', all admin, everything",
    "'tenant,owner', own@a, a/maria",
    "'tenant,owner', all@a admin@a, a/- a/maria a/jan",
  })
  void eachCallerSeesItsOwnPart(String stream, String callers, String seen) {
    StreamPolicy policy = policy(stream);
    for (String caller : callers.split(" ", -1)) {
      assertEquals(
          seen.equals("everything") ? String.join(" ", EVENTS) : seen,
          seen(policy, caller(caller)),
          stream + " " + caller);
    }
  }

  /** What the caller is given, by every function that says so. */
  private static String seen(StreamPolicy policy, Caller caller) {
    String byView;
    try {
      View view = Visibility.of(View.of("s"), policy, caller);
      byView = EVENTS.stream().filter(e -> view.accepts(event(e))).collect(Collectors.joining(" "));
      assertTrue(Visibility.canRead(policy, caller));
    } catch (NotAuthenticatedException e) {
      byView = "401";
      assertFalse(Visibility.canRead(policy, caller));
    } catch (ForbiddenException e) {
      byView = "403";
      assertFalse(Visibility.canRead(policy, caller));
    }
    String one =
        EVENTS.stream()
            .filter(e -> Visibility.maySee(event(e), policy, caller))
            .collect(Collectors.joining(" "));
    assertEquals(byView.startsWith("40") ? "" : byView, one);
    return byView;
  }

  /** A View made for tenant a never accepts an event of tenant b or of none. */
  @Test
  void givesATenantNothingOfAnotherOrOfNone_whateverItIsAndWants() {
    int views = 0;
    for (String isolation : List.of("tenant", "tenant,owner")) {
      for (Set<String> roles : subsets(List.copyOf(Roles.ALL))) {
        for (String name : List.of("maria", "a", "b", "local")) {
          Caller caller = new Caller(name, roles, "a", Credential.NONE);
          for (View wish : wishes()) {
            View view = viewOrNull(wish, policy(isolation), caller);
            if (view == null) {
              continue;
            }
            views++;
            for (Event event : events()) {
              assertFalse(
                  view.accepts(event) && !"a".equals(event.tenant()),
                  () -> caller + " sees " + event + " by " + view);
            }
          }
        }
      }
    }
    assertTrue(views > 500, views + " views");
  }

  @Test
  void givesAnOwnerNothingOfAnother_withoutTheRoleToReadAll() {
    int views = 0;
    for (String isolation : List.of("owner", "tenant,owner")) {
      for (String tenant : new String[] {null, "a"}) {
        Caller caller = new Caller("maria", Set.of(Roles.READ_OWN), tenant, Credential.NONE);
        for (View wish : wishes()) {
          View view = viewOrNull(wish, policy(isolation), caller);
          if (view == null) {
            continue;
          }
          views++;
          for (Event event : events()) {
            assertFalse(view.accepts(event) && !"maria".equals(event.owner()), view::toString);
          }
        }
      }
    }
    assertTrue(views > 20, views + " views");
  }

  @Test
  void keepsWhatIsWanted_exceptWhatItConfines() {
    View wish = View.of("s").withKey("k").withTypes(Set.of("x"));

    assertEquals(wish, Visibility.of(wish, policy("public"), Caller.ANONYMOUS));
    assertEquals(
        wish.withTenant("a").withOwner("maria"),
        Visibility.of(wish, policy("tenant,owner"), caller("own@a")));
  }

  /** Its own instead of what was asked for would be the answer to another question. */
  @ParameterizedTest
  @ValueSource(strings = {"tenant", "tenant,owner"})
  void refusesAnothersTenantByName(String isolation) {
    View wish = View.of("s").withTenant("b");

    assertThrows(
        ForbiddenException.class, () -> Visibility.of(wish, policy(isolation), caller("all@a")));
    assertEquals("b", Visibility.of(wish, policy(isolation), caller("all")).tenant());
  }

  @Test
  void refusesAViewOfAnotherStreamThanThePolicys() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Visibility.of(View.of("t"), policy("public"), Caller.ANONYMOUS));
  }

  @Test
  void saysWhatIsMissing() {
    assertEquals(
        "stream 's' needs the role events-read-own or events-read-all; maria has only"
            + " events-publish",
        message(policy("none"), caller("publish")));
    assertEquals(
        "stream 's' shows each tenant its own; maria has no tenant and would need the role"
            + " events-read-all",
        message(policy("tenant"), caller("own")));
    assertTrue(message(policy("none"), Caller.ANONYMOUS).startsWith("stream 's' needs a cred"));
  }

  @Test
  void answersForWhatIsNotThere_byTheCallerAlone() {
    List<StreamPolicy> closed = List.of(policy("public"), policy("tenant"));
    List<StreamPolicy> open = List.of(policy("public"));

    assertThrows(
        NotAuthenticatedException.class, () -> Visibility.requireReader(closed, Caller.ANONYMOUS));
    for (String kind : List.of("none", "publish", "own", "none@a", "publish@a")) {
      assertThrows(
          ForbiddenException.class, () -> Visibility.requireReader(closed, caller(kind)), kind);
    }
    for (String kind : List.of("all", "admin", "own@a", "all@a")) {
      Visibility.requireReader(closed, caller(kind));
    }
    Visibility.requireReader(open, Caller.ANONYMOUS);
    Visibility.requireReader(open, caller("none"));
  }

  @Test
  void publishesForTheCallersTenant_andForNoOther() {
    EventDraft none = event("-/maria").draft();
    EventDraft own = event("a/maria").draft();
    EventDraft other = event("b/maria").draft();

    assertEquals(own, Visibility.publishedBy(none, caller("publish@a")));
    assertSame(own, Visibility.publishedBy(own, caller("publish@a")));
    assertEquals(
        "tenant 'b' was given, but maria publishes for tenant 'a' only; leave tenant out, or use a"
            + " credential without a tenant",
        assertThrows(
                ForbiddenException.class, () -> Visibility.publishedBy(other, caller("admin@a")))
            .getMessage());
    for (EventDraft any : List.of(none, own, other)) {
      assertSame(any, Visibility.publishedBy(any, caller("publish")));
    }
  }

  private static String message(StreamPolicy policy, Caller caller) {
    return String.valueOf(
        assertThrows(RuntimeException.class, () -> Visibility.of(View.of("s"), policy, caller))
            .getMessage());
  }

  private static @Nullable View viewOrNull(View wish, StreamPolicy policy, Caller caller) {
    try {
      return Visibility.of(wish, policy, caller);
    } catch (ForbiddenException e) {
      return null;
    }
  }

  private static List<View> wishes() {
    List<View> wishes = new ArrayList<>();
    for (String tenant : Arrays.asList(null, "a", "b")) {
      for (String owner : Arrays.asList(null, "maria", "jan")) {
        for (Set<String> types : List.of(Set.<String>of(), Set.of("x"))) {
          wishes.add(new View("s", null, tenant, owner, types));
          wishes.add(new View("s", "k", tenant, owner, types));
        }
      }
    }
    return wishes;
  }

  private static List<Event> events() {
    return Stream.of("-", "a", "b", "A", "a ")
        .flatMap(tenant -> Stream.of("-", "maria", "jan", "a").map(owner -> tenant + "/" + owner))
        .map(VisibilityTest::event)
        .toList();
  }

  private static List<Set<String>> subsets(List<String> all) {
    List<Set<String>> subsets = new ArrayList<>();
    for (int bits = 0; bits < 1 << all.size(); bits++) {
      Set<String> subset = new HashSet<>();
      for (int i = 0; i < all.size(); i++) {
        if ((bits & 1 << i) != 0) {
          subset.add(all.get(i));
        }
      }
      subsets.add(subset);
    }
    return subsets;
  }

  private static Event event(String tenantAndOwner) {
    String[] parts = tenantAndOwner.split("/", -1);
    return new Event(
        new EventId(1),
        Instant.EPOCH,
        new EventDraft(
            "s",
            List.of("k"),
            given(parts[0]),
            given(parts[1]),
            "x",
            EventData.of("1"),
            null,
            false));
  }

  private static @Nullable String given(String word) {
    return word.equals("-") ? null : word;
  }

  private static Caller caller(String kind) {
    if (kind.equals("anonymous")) {
      return Caller.ANONYMOUS;
    }
    String[] parts = kind.split("@", -1);
    Set<String> roles = ROLES.getOrDefault(parts[0], Set.of());
    return new Caller("maria", roles, parts.length == 1 ? null : parts[1], Credential.NONE);
  }

  private static StreamPolicy policy(String stream) {
    boolean isPublic = stream.equals("public");
    return StreamPolicies.read(
            Settings.of(
                Map.of(
                    "heliograph.streams", "s",
                    "heliograph.stream.s.access", isPublic ? "public" : "authenticated",
                    "heliograph.stream.s.isolation", isPublic ? "none" : stream)))
        .require("s");
  }
}
