package io.heliograph.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no event may be, in every field that takes text. */
class EventAbuseTest {
  private static final EventData DATA = EventData.of("{}");

  /** A field that takes text, by the name that a publisher knows it by. */
  private enum Field {
    KEYS("keys", EventDraft.LABEL_LIMIT),
    TENANT("tenant", EventDraft.LABEL_LIMIT),
    OWNER("owner", EventDraft.LABEL_LIMIT),
    TYPE("type", EventDraft.NAME_LIMIT),
    CORRELATION_ID("correlation_id", EventDraft.LABEL_LIMIT);

    private final String published;
    private final int limit;

    Field(String published, int limit) {
      this.published = published;
      this.limit = limit;
    }

    /** An event that has {@code text} here and nothing to be refused elsewhere. */
    EventDraft with(String text) {
      return new EventDraft(
          "orders",
          this == KEYS ? List.of("before", text, "after") : List.of(),
          this == TENANT ? text : null,
          this == OWNER ? text : null,
          this == TYPE ? text : "t",
          DATA,
          this == CORRELATION_ID ? text : null,
          false);
    }

    String refusal(String text) {
      InvalidEventException refused =
          assertThrows(InvalidEventException.class, () -> with(text), () -> shown(text));
      assertEquals(published, refused.field());
      String message = String.valueOf(refused.getMessage());
      assertTrue(message.startsWith(published + ": "), message);
      return message.substring(published.length() + 2);
    }
  }

  /**
   * Both ranges, C0 and C1 with DEL, from the first place to the last.
   *
   * <p>Seen red: C0 alone; an owner that was not looked at.
   */
  @ParameterizedTest
  @EnumSource(Field.class)
  void refusesEveryControlCharacter_whereverItStands(Field field) {
    IntStream.concat(IntStream.range(0, 0x20), IntStream.range(0x7F, 0xA0))
        .forEach(
            c -> {
              String name = String.format("control character U+%04X at position ", c);
              String text = String.valueOf((char) c);
              assertEquals(name + "0 is refused", field.refusal(text));
              assertEquals(name + "0 is refused", field.refusal(text + "ab"));
              assertEquals(name + "1 is refused", field.refusal("a" + text + "b"));
              assertEquals(name + "2 is refused", field.refusal("ab" + text));
              assertEquals(name + "2 is refused", field.refusal("\ud83d\ude00" + text));
            });
  }

  /** Seen red: a low half without its high one; a pair whose low half was looked at again. */
  @ParameterizedTest
  @EnumSource(Field.class)
  void refusesHalfASurrogatePair_whereverItStands(Field field) {
    String message = "half a surrogate pair at position ";

    assertEquals(message + 0, field.refusal("\ud83d"));
    assertEquals(message + 0, field.refusal("\ude00"));
    assertEquals(message + 0, field.refusal("\ud83dab"));
    assertEquals(message + 0, field.refusal("\ude00ab"));
    assertEquals(message + 2, field.refusal("ab\ud83d"));
    assertEquals(message + 2, field.refusal("ab\ude00"));
    assertEquals(message + 0, field.refusal("\ude00\ud83d"));
    assertEquals(message + 0, field.refusal("\ud83d\ud83d\ude00"));
    assertEquals(message + 2, field.refusal("\ud83d\ude00\ude00"));
  }

  @ParameterizedTest
  @EnumSource(Field.class)
  void refusesNothing_andOneCharacterTooMany(Field field) {
    String takes = " characters were given, it takes 1 to " + field.limit;

    assertEquals("0" + takes, field.refusal(""));
    assertEquals((field.limit + 1) + takes, field.refusal("x".repeat(field.limit + 1)));
    assertEquals("1000000" + takes, field.refusal("x".repeat(1_000_000)));
  }

  /**
   * A refusal goes into logs and answers; what was refused must not come along. Seen red: it did.
   */
  @ParameterizedTest
  @EnumSource(Field.class)
  void repeatsNothingOfWhatItRefuses(Field field) {
    String secret = "hk_secret";

    assertTrue(!field.refusal(secret + "\r\n").contains(secret));
    assertTrue(!field.refusal(secret.repeat(100)).contains(secret));
    assertTrue(!field.refusal(secret + "\ud83d").contains(secret));
  }

  /** Seen red: {@code hello} alone refused. */
  @Test
  void refusesTheHubsOwnEventNames() {
    assertEquals(
        Set.of("hello", "gap", "error", "bye", "heartbeat", "server_shutdown"),
        EventDraft.RESERVED_TYPES);
    for (String type : EventDraft.RESERVED_TYPES) {
      assertEquals(
          "'" + type + "' is one of the hub's own event names; choose another",
          Field.TYPE.refusal(type));
    }
  }

  /**
   * Each would be a row in the log, so what is given is counted before what is the same. Seen red:
   * counted after.
   */
  @Test
  void refusesAThousandAndOneKeys_theSameOneOrNot() {
    String message = "keys: 1001 keys were given, the limit is 1000";

    assertEquals(message, keysRefused(IntStream.range(0, 1001).mapToObj(i -> "k" + i).toList()));
    assertEquals(message, keysRefused(IntStream.range(0, 1001).mapToObj(i -> "k").toList()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Orders", "a/b", "../a", "a\nb", "\u0430", "a\u0000"})
  void refusesAStreamThatCannotBe_withoutRepeatingIt(String stream) {
    InvalidEventException refused =
        assertThrows(
            InvalidEventException.class,
            () -> new EventDraft(stream, List.of(), null, null, "t", DATA, null, false));

    assertEquals("stream", refused.field());
    assertEquals(
        "stream: a stream's name has 1 to 64 lower-case letters, digits, '-' or '_'; seen were "
            + stream.length()
            + " characters",
        refused.getMessage());
  }

  @Test
  void refusesDataOverTheLimit_andTakesTheLimit() {
    byte[] most = new byte[256 * 1024];
    Arrays.fill(most, (byte) ' ');

    assertEquals(256 * 1024, EventData.of(most).length());
    EventTooLargeException refused =
        assertThrows(EventTooLargeException.class, () -> EventData.of(new byte[256 * 1024 + 1]));
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains("262145 bytes, the limit is 262144;"), message);
  }

  /**
   * Two bytes each in UTF-8: it is bytes that are counted, not characters. Seen red: text that was
   * not counted.
   */
  @Test
  void countsDataInBytes() {
    assertThrows(EventTooLargeException.class, () -> EventData.of("\u00e4".repeat(128 * 1024 + 1)));
  }

  /**
   * From a client's Last-Event-ID: anything may stand there. Seen red: digits of any script; 17 of
   * them.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-1",
        "+1",
        " 1",
        "1 ",
        "1\n",
        "1.0",
        "1e3",
        "0x10",
        "1_000",
        "null",
        "NaN",
        "\u0661\u0662",
        "\uff11",
        "\u0000",
        "9007199254740992",
        "9999999999999999",
        "10000000000000000",
        "00000000000000001",
        "9223372036854775808",
        "18446744073709551617"
      })
  void readsNoIdFromRubbish(String text) {
    assertEquals(Optional.empty(), EventId.parse(text));
  }

  @Test
  void readsNoIdFromVeryMuchText() {
    assertEquals(Optional.empty(), EventId.parse("0".repeat(1_000_000)));
  }

  private static String keysRefused(List<String> keys) {
    InvalidEventException refused =
        assertThrows(
            InvalidEventException.class,
            () -> new EventDraft("orders", keys, null, null, "t", DATA, null, false));
    assertEquals("keys", refused.field());
    return String.valueOf(refused.getMessage());
  }

  private static String shown(String text) {
    return text.length() + " characters were taken";
  }
}
