package io.heliograph.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Who sees what. Each field alone decides, and nothing makes up for one that does not fit.
 *
 * <p>Seen red: a stream or types that were not looked at; an event without tenant or owner shown to
 * all; the tenant taken for the owner; an event's first key alone; the caller's own set of types
 * kept.
 */
class ViewTest {
  private static final View ALL = View.of("s");

  private static final View NARROW =
      ALL.withKey("k").withTenant("7").withOwner("maria").withTypes(Set.of("t", "u"));

  private static EventDraft event(
      String stream,
      List<String> keys,
      @Nullable String tenant,
      @Nullable String owner,
      String type) {
    return new EventDraft(stream, keys, tenant, owner, type, EventData.of("{}"), null, false);
  }

  @Test
  void ofAStream_seesAllOfIt_andNothingOfAnother() {
    assertTrue(ALL.accepts(event("s", List.of(), null, null, "t")));
    assertTrue(ALL.accepts(event("s", List.of("k", "l"), "7", "maria", "u")));
    assertFalse(ALL.accepts(event("other", List.of(), null, null, "t")));
  }

  @Test
  void ofAKey_seesWhatCarriesIt_amongOthersToo() {
    View view = ALL.withKey("k");

    assertTrue(view.accepts(event("s", List.of("k"), null, null, "t")));
    assertTrue(view.accepts(event("s", List.of("j", "k"), null, null, "t")));
    assertFalse(view.accepts(event("s", List.of(), null, null, "t")));
    assertFalse(view.accepts(event("s", List.of("j", "kk", "K"), null, null, "t")));
  }

  /** An event without a tenant is for those who see all tenants. */
  @Test
  void ofATenant_seesNeitherAnothersNorNobodys() {
    View view = ALL.withTenant("7");

    assertTrue(view.accepts(event("s", List.of(), "7", "anybody", "t")));
    assertFalse(view.accepts(event("s", List.of(), "77", null, "t")));
    assertFalse(view.accepts(event("s", List.of(), null, null, "t")));
  }

  @Test
  void ofAnOwner_seesNeitherAnothersNorNobodys() {
    View view = ALL.withOwner("maria");

    assertTrue(view.accepts(event("s", List.of(), "any", "maria", "t")));
    assertFalse(view.accepts(event("s", List.of(), null, "Maria", "t")));
    assertFalse(view.accepts(event("s", List.of(), null, null, "t")));
  }

  @Test
  void ofTypes_seesEachOfThem_andNoOther() {
    View view = ALL.withTypes(Set.of("t", "u"));

    assertTrue(view.accepts(event("s", List.of(), null, null, "t")));
    assertTrue(view.accepts(event("s", List.of(), null, null, "u")));
    assertFalse(view.accepts(event("s", List.of(), null, null, "v")));
  }

  @Test
  void ofEverything_seesOnlyWhatFitsInEveryField() {
    assertTrue(NARROW.accepts(event("s", List.of("k"), "7", "maria", "t")));
    assertFalse(NARROW.accepts(event("x", List.of("k"), "7", "maria", "t")), "stream");
    assertFalse(NARROW.accepts(event("s", List.of("x"), "7", "maria", "t")), "key");
    assertFalse(NARROW.accepts(event("s", List.of("k"), "x", "maria", "t")), "tenant");
    assertFalse(NARROW.accepts(event("s", List.of("k"), "7", "x", "t")), "owner");
    assertFalse(NARROW.accepts(event("s", List.of("k"), "7", "maria", "x")), "type");
  }

  /** What one field holds must not let in what another asks for. */
  @Test
  void confusesNoTwoFields() {
    assertFalse(ALL.withTenant("a").accepts(event("s", List.of("a"), "b", "a", "a")));
    assertFalse(ALL.withOwner("a").accepts(event("s", List.of("a"), "a", "b", "a")));
    assertFalse(ALL.withKey("a").accepts(event("s", List.of("b"), "a", "a", "a")));
    assertFalse(ALL.withTypes(Set.of("a")).accepts(event("s", List.of("a"), "a", "a", "b")));
  }

  @Test
  void seesTheSame_onceTheLogHasNumberedIt() {
    EventDraft seen = event("s", List.of("k"), "7", "maria", "t");
    EventDraft unseen = event("s", List.of("k"), "8", "maria", "t");

    assertTrue(NARROW.accepts(new Event(new EventId(1), Instant.EPOCH, seen)));
    assertFalse(NARROW.accepts(new Event(new EventId(1), Instant.EPOCH, unseen)));
  }

  @Test
  void changesOneFieldAtATime() {
    assertEquals(new View("s", "k", "7", "maria", Set.of("t", "u")), NARROW);
    assertEquals(new View("s", "x", "7", "maria", Set.of("t", "u")), NARROW.withKey("x"));
    assertEquals(new View("s", "k", "x", "maria", Set.of("t", "u")), NARROW.withTenant("x"));
    assertEquals(new View("s", "k", "7", "x", Set.of("t", "u")), NARROW.withOwner("x"));
    assertEquals(new View("s", "k", "7", "maria", Set.of("x")), NARROW.withTypes(Set.of("x")));
    assertEquals(ALL, NARROW.withKey(null).withTenant(null).withOwner(null).withTypes(Set.of()));
  }

  /** A view is what a channel is found by: one that changed would be found by nobody. */
  @Test
  void keepsItsTypes_whateverBecomesOfTheSetTheyCameIn() {
    Set<String> given = new HashSet<>(Set.of("t"));
    View view = ALL.withTypes(given);
    given.add("secret");

    assertEquals(Set.of("t"), view.types());
    assertEquals(ALL.withTypes(Set.of("t")).hashCode(), view.hashCode());
    assertFalse(view.accepts(event("s", List.of(), null, null, "secret")));
    assertThrows(UnsupportedOperationException.class, () -> view.types().add("secret"));
  }
}
