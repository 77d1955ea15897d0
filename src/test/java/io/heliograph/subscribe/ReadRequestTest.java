package io.heliograph.subscribe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.View;
import io.heliograph.stream.InvalidParameterException;
import io.heliograph.stream.StartAt;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Seen red: the parameter before the header; a blank header that counted; the first {@code type}
 * alone; a list of types that was one; milliseconds as seconds; a session that was cut instead of
 * refused; a view of the stream alone.
 */
class ReadRequestTest {
  private static final View VIEW = View.of("s").withKey("k");

  private final MultivaluedMap<String, String> query = new MultivaluedHashMap<>();
  private @Nullable String lastEventIdHeader;

  @Test
  void wantsAllOfItsView_fromNowOn_whenItSaysNothing() {
    assertEquals(new ReadRequest(VIEW, StartAt.NOW, null), read());
  }

  // Where to begin.

  @Test
  void beginsAtTheHeader_whateverTheParameterSays() {
    lastEventIdHeader = "17";
    query.add("lastEventId", "99");

    assertEquals("17", read().start().position());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t", " \u2003 "})
  void beginsAtTheParameter_whenTheHeaderSaysNothing(String blank) {
    query.add("lastEventId", "99");
    assertEquals("99", read().start().position());
    lastEventIdHeader = blank;

    assertEquals("99", read().start().position());
  }

  @Test
  void beginsNow_whenBothSayNothing() {
    lastEventIdHeader = " ";
    query.add("lastEventId", "");

    assertEquals(StartAt.NOW, read().start());
  }

  /** A client may send back what was never ours; it is told of a gap, not refused. */
  @ParameterizedTest
  @ValueSource(strings = {"rubbish", "-1", "9007199254740992", "1,2", "a\u0000b", "\ud83d"})
  void refusesNoPosition(String position) {
    lastEventIdHeader = position;
    assertEquals(position, read().start().position());
    lastEventIdHeader = null;
    query.add("lastEventId", position);

    assertEquals(position, read().start().position());
  }

  @Test
  void leavesOutTheSpaceAroundAPosition() {
    lastEventIdHeader = " 17\t";

    assertEquals("17", read().start().position());
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-21T10:00:00Z, 2026-11-21T10:00:00Z",
    "2026-11-21T10:00:00.123Z, 2026-11-21T10:00:00.123Z",
    "2026-11-21T10:00:00+01:00, 2026-11-21T09:00:00Z",
    "' 2026-11-21T10:00:00Z ', 2026-11-21T10:00:00Z",
    "1763719200123, 2025-11-21T10:00:00.123Z",
    "0, 1970-01-01T00:00:00Z",
    "253402300799999, 9999-12-31T23:59:59.999Z"
  })
  void takesSince_asIsoInstantAndAsMilliseconds(String given, Instant meant) {
    query.add("since", given);

    assertEquals(new StartAt(null, meant), read().start());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "yesterday",
        "-1",
        "1.5",
        "1e3",
        "253402300800000",
        "9999999999999999999999",
        "\u0661",
        "2026-11-21",
        "2026-11-21T10:00:00",
        "2026-11-21T10:00:00 01:00",
        "1969-12-31T23:59:59Z",
        "+999999999-12-31T23:59:59Z"
      })
  void refusesSince_whenItIsNoMoment(String given) {
    query.add("since", given);

    assertTrue(refused().startsWith("since: '" + given + "' was given, it takes "), refused());
  }

  /** A position beats it later; a mistake is a mistake all the same. */
  @Test
  void keepsSince_besideAPosition() {
    lastEventIdHeader = "17";
    query.add("since", "1000");
    assertEquals(new StartAt("17", Instant.ofEpochSecond(1)), read().start());
    query.putSingle("since", "rubbish");

    assertTrue(refused().startsWith("since: "));
  }

  // What to see.

  @Test
  void gathersTypes_fromListsAndRepeats() {
    query.addAll("type", "a, b", "c", "b,,d ", "", " , ");

    assertEquals(VIEW.withTypes(Set.of("a", "b", "c", "d")), read().view());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ",", " , ,"})
  void wantsEveryType_whenNoneIsNamed(String blank) {
    query.add("type", blank);

    assertEquals(VIEW, read().view());
  }

  @Test
  void takesAHundredTypes_andNotOneMore() {
    query.addAll("type", types(0, 50), types(50, 100));
    assertEquals(100, read().view().types().size());
    query.add("type", "t99");
    assertEquals(100, read().view().types().size(), "one that was named already");
    query.add("type", "one-more");

    assertEquals("type: more than 100 were given", refused());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "ok,a\rb", "a\u0000b", "\ud83d", "ok,\ude00"})
  void refusesATypeThatCannotBe(String given) {
    query.addAll("type", "fine", given);

    assertTrue(refused().startsWith("type: "), refused());
  }

  @Test
  void takesATypeOfAName_andNotLonger() {
    query.add("type", "x".repeat(128));
    assertEquals(Set.of("x".repeat(128)), read().view().types());
    query.add("type", "x".repeat(129));

    assertEquals("type: 129 characters were given, it takes 1 to 128", refused());
  }

  /** A view is narrowed by a request and never widened: what the path says stays. */
  @Test
  void keepsTheViewsOtherFields() {
    View view = VIEW.withTenant("7").withOwner("maria");
    query.addAll("type", "t");
    query.addAll("key", "other");
    query.addAll("tenant", "other");
    query.addAll("stream", "other");

    assertEquals(view.withTypes(Set.of("t")), ReadRequest.of(view, query, request()).view());
  }

  // The session.

  @Test
  void takesASession_withoutTheSpaceAroundIt() {
    query.add("session", " tab 1 ");

    assertEquals("tab 1", read().session());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t"})
  void hasNoSession_whenItIsBlank(String blank) {
    query.add("session", blank);

    assertNull(read().session());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\u0000b", "a\u007fb", "\ud83d"})
  void refusesASessionThatIsNoLabel(String given) {
    query.add("session", given);

    assertTrue(refused().startsWith("session: "), refused());
  }

  @Test
  void takesASessionOfALabel_andNotLonger() {
    query.add("session", "x".repeat(256));
    assertEquals("x".repeat(256), read().session());
    query.putSingle("session", "x".repeat(257));

    assertEquals("session: 257 characters were given, it takes 1 to 256", refused());
  }

  private static String types(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "t" + i).collect(Collectors.joining(","));
  }

  private ReadRequest read() {
    return ReadRequest.of(VIEW, query, request());
  }

  private String refused() {
    return String.valueOf(assertThrows(InvalidParameterException.class, this::read).getMessage());
  }

  /** A request that has the one header, if any, and nothing else to ask it for. */
  private HttpServletRequest request() {
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            ReadRequestTest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (self, method, arguments) -> {
              if (method.getName().equals("getHeader") && "Last-Event-ID".equals(arguments[0])) {
                return lastEventIdHeader;
              }
              throw new AssertionError(method.getName() + Arrays.toString(arguments));
            });
  }
}
