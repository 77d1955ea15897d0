package io.heliograph.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What an event may be; {@link EventAbuseTest} has what it may not.
 *
 * <p>Seen red: limits one too low, in texts and keys; keys sorted; the caller's own list of keys
 * kept; a dot in a stream's name.
 */
class EventDraftTest {
  private static final EventData DATA = EventData.of("{\"n\":1}");

  @Test
  void isWhatItWasGiven() {
    EventDraft draft =
        new EventDraft("orders", List.of("42"), "7", "maria", "order_paid", DATA, "c-1", true);
    Event event = new Event(new EventId(5), Instant.EPOCH, draft);

    assertEquals("orders", event.stream());
    assertEquals(List.of("42"), event.keys());
    assertEquals("7", event.tenant());
    assertEquals("maria", event.owner());
    assertEquals("order_paid", event.type());
    assertSame(DATA, event.data());
    assertEquals("c-1", event.correlationId());
    assertTrue(event.draft().isRetained());
  }

  @Test
  void needsNoKeysTenantOwnerOrCorrelationId() {
    EventDraft draft = new EventDraft("orders", List.of(), null, null, "t", DATA, null, false);

    assertEquals(List.of(), draft.keys());
    assertNull(draft.tenant());
    assertNull(draft.owner());
    assertNull(draft.correlationId());
  }

  @Test
  void takesTheLongest() {
    String label = "x".repeat(256);
    String type = "x".repeat(128);
    EventDraft draft =
        new EventDraft("a".repeat(64), List.of(label), label, label, type, DATA, label, false);

    assertEquals(64, draft.stream().length());
    assertEquals(List.of(label), draft.keys());
    assertEquals(label, draft.tenant());
    assertEquals(label, draft.owner());
    assertEquals(type, draft.type());
    assertEquals(label, draft.correlationId());
  }

  @Test
  void takesAThousandKeys() {
    List<String> keys = IntStream.range(0, 1000).mapToObj(i -> "k" + i).toList();

    assertEquals(keys, withKeys(keys).keys());
  }

  @Test
  void keepsEachKeyOnce_inTheGivenOrder() {
    assertEquals(
        List.of("b", "a", "B", "c"), withKeys(List.of("b", "a", "b", "B", "a", "c", "b")).keys());
  }

  @Test
  void keepsItsKeys_whateverBecomesOfTheListTheyCameIn() {
    List<String> given = new ArrayList<>(List.of("a", "b"));
    EventDraft draft = withKeys(given);
    given.clear();
    given.add("forged\n");

    assertEquals(List.of("a", "b"), draft.keys());
    assertThrows(UnsupportedOperationException.class, () -> draft.keys().add("c"));
  }

  /** Text is anybody's: only what breaks a line or an encoding is refused. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        " ",
        "a b",
        "'\"<>&;--",
        "hello world",
        "Hello",
        "bye2",
        "\u00e4\u00df\u4e2d",
        "\ud83d\ude00",
        "a\ud83d\ude00\ud83d\ude00",
        "\u2028",
        "\ufeff",
        "\u00a0"
      })
  void takesAnyText(String text) {
    EventDraft draft = new EventDraft("orders", List.of(text), text, text, text, DATA, text, false);

    assertEquals(List.of(text), draft.keys());
    assertEquals(text, draft.type());
    assertEquals(text, draft.tenant());
    assertEquals(text, draft.owner());
    assertEquals(text, draft.correlationId());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "z", "0", "9", "-", "_", "order-items_2"})
  void takesLowerCaseDigitsDashAndUnderscore_asAStreamsName(String name) {
    assertTrue(EventDraft.isStreamName(name));
  }

  /** Each is next to a range that fits, or looks like a member of it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "A", "Z", "`", "{", "/", ":", ".", "a.b", "a b", " a", "a/b", "..", "a%2fb", "\u00e4",
        "\u0663", "\uff41", "a\n", "a\u0000"
      })
  void takesNothingElse_asAStreamsName(String name) {
    assertFalse(EventDraft.isStreamName(name));
  }

  @Test
  void takesSixtyFourCharacters_asAStreamsName() {
    assertTrue(EventDraft.isStreamName("s".repeat(64)));
    assertFalse(EventDraft.isStreamName("s".repeat(65)));
  }

  @Test
  void givesDataAsItWasPublished_andComparesItByItsBytes() {
    String json = "{ \"n\" : 1.0 , \"s\":\"\u00e4\ud83d\ude00\" }";

    assertEquals(json, EventData.of(json).toString());
    assertEquals(EventData.of(json), EventData.of(json));
    assertEquals(EventData.of(json).hashCode(), EventData.of(json).hashCode());
    assertNotEquals(EventData.of("{\"n\":1}"), EventData.of("{\"n\": 1}"));
  }

  private static EventDraft withKeys(List<String> keys) {
    return new EventDraft("orders", keys, null, null, "t", DATA, null, false);
  }
}
