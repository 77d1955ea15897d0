package io.heliograph.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.body.JsonBody;
import io.heliograph.body.RefusedRequestException;
import io.heliograph.body.RefusedRequestException.Reason;
import io.heliograph.event.EventData;
import io.heliograph.event.EventTooLargeException;
import io.heliograph.event.InvalidEventException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishAbuseTest {
  private static final String JSON = "application/json";
  private static final String LINES = "application/x-ndjson";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\n\t\r ",
        "{",
        "[",
        "[{",
        "{\"type\":\"a\",\"data\":",
        "{\"type\":\"a\",\"data\":\"x",
        "{\"type\":\"a\",\"data\":{\"a\":[1,2}}",
        "{\"type\":\"a\",\"data\":1",
        "{\"type\":\"a\",\"data\":1}}",
        "{\"type\":\"a\",\"data\":1} {\"type\":\"a\",\"data\":1}",
        "{\"type\":\"a\",\"data\":1},",
        "{\"type\":\"a\",\"data\":1}x",
        "[{\"type\":\"a\",\"data\":1}] 1",
        "[{\"type\":\"a\",\"data\":1},]",
        "{'type':'a','data':1}",
        "{type:\"a\",\"data\":1}",
        "{\"type\":\"a\",\"data\":NaN}",
        "{\"type\":\"a\",\"data\":+1}",
        "{\"type\":\"a\",\"data\":01}",
        "{\"type\":\"a\",\"data\":.5}",
        "{\"type\":\"a\",\"data\":1.}",
        "{\"type\":\"a\",\"data\":1e}",
        "{\"type\":\"a\",\"data\":tru}",
        "{\"type\":\"a\",\"data\":undefined}",
        "{\"type\":\"a\",\"data\":\"\\x\"}",
        "{\"type\":\"a\",\"data\":\"\\u12\"}",
        "{\"type\":\"a\",\"data\":\"a\nb\"}",
        "{\"type\":\"a\",\"data\":\"a\u0000b\"}",
        "{\"type\":\"a\",/* no */\"data\":1}",
        "{\"type\":\"a\",\"data\":1}\u0000",
        "\uFEFF\uFEFF{\"type\":\"a\",\"data\":1}",
        "type=a&data=1",
        "<event/>"
      })
  void refusesWhatIsNotJson(String body) {
    assertEquals(Reason.MALFORMED, refused(JSON, body).reason());
    assertThrows(RefusedRequestException.class, () -> Requests.read(Requests.of(LINES), body));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"a\",\"data\":1,\"type\":\"b\"}",
        "{\"type\":\"a\",\"data\":1,\"data\":2}",
        "{\"type\":\"a\",\"data\":{\"x\":1,\"x\":2}}",
        "{\"type\":\"a\",\"data\":{\"x\":1,\"\\u0078\":2}}"
      })
  void refusesFieldsGivenTwice(String body) {
    RefusedRequestException refusal = refused(JSON, body);

    assertEquals(Reason.MALFORMED, refusal.reason());
    assertTrue(message(refusal).contains("Duplicate"), refusal::getMessage);
  }

  @Test
  void saysWhereItIsNotJson_withoutItsParsersInnards() {
    assertEquals(
        "the body is not JSON: it ends unfinished (line 2, column 5)",
        refused(JSON, "{\"type\":\n\"a\",").getMessage());
    assertEquals(
        "event 1 (counted from 0): the body is not JSON: it ends unfinished (line 3, column 2)",
        refused(LINES, "{\"type\":\"a\",\"data\":1}\n\n{\n").getMessage());
    String message = message(refused(JSON, "{\"type\":\"a\",\"data\":[1}}"));
    assertTrue(!message.contains("Source") && !message.contains("Feature"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "42|a number was given, it takes an object or an array of objects",
        "\"a\"|a string was given, it takes an object or an array of objects",
        "null|null was given, it takes an object or an array of objects",
        "[]|no event was given",
        "[[]]|event 0 (counted from 0): an array was given, it takes an object",
        "[null]|event 0 (counted from 0): null was given, it takes an object",
        "[{\"type\":\"a\",\"data\":1},7]|event 1 (counted from 0): a number was given, it takes an object"
      })
  void refusesWhatIsNoEvent(String body, String message) {
    RefusedRequestException refusal = refused(JSON, body);

    assertEquals(Reason.INVALID, refusal.reason());
    assertEquals(message, refusal.getMessage());
  }

  @Test
  void refusesLinesThatHoldNoEvent() {
    assertEquals(Reason.INVALID, refused(LINES, "").reason());
    assertEquals(Reason.INVALID, refused(LINES, "\n\n \n").reason());
    assertEquals(Reason.INVALID, refused(LINES, "[]").reason());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"data\":1}|type: is missing; it is the event's name",
        "{\"type\":null,\"data\":1}|type: is missing; it is the event's name",
        "{\"type\":\"a\"}|data: is missing; give null if there is nothing to say",
        "{\"type\":7,\"data\":1}|type: takes a string, a number was given",
        "{\"type\":[\"a\"],\"data\":1}|type: takes a string, an array was given",
        "{\"type\":\"a\",\"data\":1,\"keys\":\"42\"}|keys: takes an array of strings, a string was given",
        "{\"type\":\"a\",\"data\":1,\"keys\":[42]}|keys: takes an array of strings, a number was given",
        "{\"type\":\"a\",\"data\":1,\"keys\":[null]}|keys: takes an array of strings, null was given",
        "{\"type\":\"a\",\"data\":1,\"keys\":[[\"a\"]]}|keys: takes an array of strings, an array was given",
        "{\"type\":\"a\",\"data\":1,\"keys\":[\"\"]}|keys: 0 characters were given, it takes 1 to 256",
        "{\"type\":\"a\",\"data\":1,\"tenant\":7}|tenant: takes a string, a number was given",
        "{\"type\":\"a\",\"data\":1,\"owner\":{}}|owner: takes a string, an object was given",
        "{\"type\":\"a\",\"data\":1,\"correlation_id\":true}|correlation_id: takes a string, true was given",
        "{\"type\":\"a\",\"data\":1,\"retain\":\"true\"}|retain: takes true or false, a string was given",
        "{\"type\":\"a\",\"data\":1,\"retain\":1}|retain: takes true or false, a number was given",
        "{\"type\":\"gap\",\"data\":1}|type: 'gap' is one of the hub's own event names; choose another",
        "{\"type\":\"a\",\"data\":1,\"id\":\"1\"}|id: no such field; an event has type, data, keys, tenant, owner, correlation_id, retain",
        "{\"type\":\"a\",\"data\":1,\"Tenant\":\"1\"}|Tenant: no such field; an event has type, data, keys, tenant, owner, correlation_id, retain"
      })
  void refusesFieldsThatDoNotFit(String body, String message) {
    InvalidEventException refusal =
        assertThrows(InvalidEventException.class, () -> Requests.json(body));
    assertEquals(message, refusal.getMessage());

    RefusedRequestException inBatch = refused(JSON, "[{\"type\":\"a\",\"data\":1}," + body + "]");
    assertEquals(Reason.INVALID, inBatch.reason());
    assertEquals("event 1 (counted from 0): " + message, inBatch.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\\r", "\\n", "\\u0000", "\\u0085", "\\u007f", "\\u001b", "\\ud800", "\\udc00"})
  void refusesControlCharacters_andHalvesOfOthers(String escape) {
    String bad = "\"a" + escape + "b\"";

    for (String body :
        new String[] {
          "{\"data\":1,\"type\":" + bad + "}",
          "{\"data\":1,\"type\":\"a\",\"keys\":[" + bad + "]}",
          "{\"data\":1,\"type\":\"a\",\"tenant\":" + bad + "}",
          "{\"data\":1,\"type\":\"a\",\"owner\":" + bad + "}",
          "{\"data\":1,\"type\":\"a\",\"correlation_id\":" + bad + "}"
        }) {
      assertThrows(InvalidEventException.class, () -> Requests.json(body), body);
    }
  }

  @Test
  void refusesControlCharactersInThePathsKey() {
    PublishRequest request =
        new PublishRequest("orders", "4\n2", JSON, new TreeMap<>(), null, Requests.MARIA);

    assertThrows(
        InvalidEventException.class, () -> Requests.read(request, "{\"type\":\"a\",\"data\":1}"));
  }

  @Test
  void clipsStrangersNamesInMessages() {
    String name = "x".repeat(100_000);

    InvalidEventException refusal =
        assertThrows(InvalidEventException.class, () -> Requests.json("{\"" + name + "\":1}"));

    assertTrue(refusal.field().length() < 100);
  }

  @Test
  void refusesDeepNesting_andSaysSo() {
    String levels = "[".repeat(JsonBody.NESTING_LIMIT) + "]".repeat(JsonBody.NESTING_LIMIT);

    RefusedRequestException refusal = refused(JSON, "{\"type\":\"a\",\"data\":" + levels + "}");

    assertEquals(Reason.MALFORMED, refusal.reason());
    assertTrue(message(refusal).contains("nested deeper than 100 levels"), refusal::getMessage);
    String allowed = levels.substring(1, levels.length() - 1);
    assertEquals(
        allowed, Requests.one("{\"type\":\"a\",\"data\":" + allowed + "}").data().toString());
    for (String deep : new String[] {"[".repeat(1_000_000), "{\"a\":".repeat(1_000_000)}) {
      assertEquals(Reason.MALFORMED, refused(JSON, "{\"type\":\"a\",\"data\":" + deep).reason());
    }
  }

  @Test
  void takesDataUpToTheLimit_andRefusesMore() {
    String most = "\"" + "a".repeat(EventData.LIMIT_BYTES - 2) + "\"";
    String tooMuch = "\"" + "a".repeat(EventData.LIMIT_BYTES - 1) + "\"";

    assertEquals(most, Requests.one("{\"type\":\"a\",\"data\":" + most + "}").data().toString());
    assertThrows(
        EventTooLargeException.class,
        () -> Requests.json("{\"type\":\"a\",\"data\":" + tooMuch + "}"));
    RefusedRequestException inBatch =
        refused(JSON, "[{\"type\":\"a\",\"data\":1},{\"type\":\"a\",\"data\":" + tooMuch + "}]");
    assertEquals(Reason.TOO_LARGE, inBatch.reason());
    assertTrue(message(inBatch).startsWith("event 1 (counted from 0): "), inBatch::getMessage);
  }

  @Test
  void refusesTooManyEvents() {
    String event = "{\"type\":\"a\",\"data\":1}";

    assertEquals(
        Reason.TOO_LARGE, refused(JSON, "[" + (event + ",").repeat(1000) + event + "]").reason());
    assertEquals(Reason.TOO_LARGE, refused(LINES, (event + "\n").repeat(1001)).reason());
    assertEquals(
        1000, Requests.read(Requests.of(LINES), (event + "\n").repeat(1000)).publication().size());
  }

  @Test
  void refusesTooManyKeys_withoutCollectingThem() {
    String keys = "\"a\",".repeat(1000) + "\"a\"";

    InvalidEventException refusal =
        assertThrows(
            InvalidEventException.class,
            () -> Requests.json("{\"type\":\"a\",\"data\":1,\"keys\":[" + keys + "]}"));

    assertEquals("keys: more than 1000 were given", refusal.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "80",
        "c3",
        "c328",
        "c0af",
        "c080",
        "e08080",
        "eda080",
        "edbfbf",
        "f08080af",
        "f4908080",
        "ff",
        "fe",
        "e282"
      })
  void refusesWhatIsNotUtf8_alsoInsideOfData(String hex) {
    for (String around :
        new String[] {"{\"type\":\"a\",\"data\":\"?\"}", "{\"type\":\"?\",\"data\":1}"}) {
      int at = around.indexOf('?');
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      body.writeBytes(around.substring(0, at).getBytes(StandardCharsets.UTF_8));
      body.writeBytes(HexFormat.of().parseHex(hex));
      body.writeBytes(around.substring(at + 1).getBytes(StandardCharsets.UTF_8));

      RefusedRequestException refusal =
          assertThrows(
              RefusedRequestException.class,
              () -> PublicationReader.read(Requests.of(JSON), body.toByteArray()));

      assertEquals(Reason.MALFORMED, refusal.reason());
      assertEquals("the body is not UTF-8 at byte " + at + "; send UTF-8", refusal.getMessage());
    }
  }

  @Test
  void refusesUtf16_evenWhereItsBytesAreUtf8() {
    byte[] body = "{\"type\":\"a\",\"data\":1}".getBytes(StandardCharsets.UTF_16BE);

    assertThrows(
        RefusedRequestException.class, () -> PublicationReader.read(Requests.of(JSON), body));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/cloudevents+avro",
        "application/json; charset=iso-8859-1",
        "application/x-ndjson; charset=utf-16",
        "application/json-patch",
        "json",
        ";",
        ""
      })
  void refusesOtherContentTypes(String contentType) {
    assertEquals(
        Reason.UNSUPPORTED_TYPE, refused(contentType, "{\"type\":\"a\",\"data\":1}").reason());
  }

  private static RefusedRequestException refused(String contentType, String body) {
    return assertThrows(
        RefusedRequestException.class, () -> Requests.read(Requests.of(contentType), body));
  }

  private static String message(Throwable failure) {
    return String.valueOf(failure.getMessage());
  }
}
