package io.heliograph.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.access.ForbiddenException;
import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicationReaderTest {
  private static PublishRequest ofTenant(String contentType) {
    return new PublishRequest(
        "orders", null, contentType, new TreeMap<>(), null, Requests.caller("maria", "a"));
  }

  @Test
  void publishesForTheCallersTenant_inEveryFormat() {
    String event = "{\"type\":\"paid\",\"data\":1}";
    String cloud = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"paid\"}";
    Map<String, String> bodies =
        Map.of(
            "application/json",
            event,
            "application/x-ndjson",
            event + "\n" + event,
            "application/cloudevents+json",
            cloud,
            "application/cloudevents-batch+json",
            "[" + cloud + "]");

    bodies.forEach(
        (type, body) -> {
          for (EventDraft draft : Requests.drafts(Requests.read(ofTenant(type), body))) {
            assertEquals("a", draft.tenant(), type);
          }
        });
  }

  @Test
  void refusesAnothersTenant_sayingWhichEventsItWas() {
    String other = "{\"type\":\"paid\",\"data\":1,\"tenant\":\"b\"}";
    PublishRequest request = ofTenant("application/json");

    String one =
        assertThrows(ForbiddenException.class, () -> Requests.read(request, other)).getMessage();
    assertTrue(String.valueOf(one).startsWith("tenant 'b' was given"), one);
    String batch =
        assertThrows(
                ForbiddenException.class,
                () -> Requests.read(request, "[{\"type\":\"a\",\"data\":1}," + other + "]"))
            .getMessage();
    assertTrue(String.valueOf(batch).startsWith("event 1 (counted from 0): tenant 'b'"), batch);
    assertThrows(
        ForbiddenException.class,
        () ->
            Requests.read(
                ofTenant("application/cloudevents+json"),
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"a\","
                    + "\"tenant\":\"b\"}"));
  }

  @Test
  void readsEveryField() {
    EventDraft draft =
        Requests.one(
            """
            {"type":"paid","data":{"a":1},"keys":["42","43"],"tenant":"7","owner":"maria",\
            "correlation_id":"c-1","retain":true}""");

    assertEquals(
        new EventDraft(
            "orders",
            List.of("42", "43"),
            "7",
            "maria",
            "paid",
            EventData.of("{\"a\":1}"),
            "c-1",
            true),
        draft);
  }

  @Test
  void needsOnlyTypeAndData() {
    assertEquals(
        new EventDraft("orders", List.of(), null, null, "paid", EventData.of("null"), null, false),
        Requests.one("{\"data\":null,\"type\":\"paid\"}"));
  }

  @Test
  void takesNullForAbsent() {
    EventDraft draft =
        Requests.one(
            """
            {"type":"paid","data":1,"keys":null,"tenant":null,"owner":null,\
            "correlation_id":null,"retain":null}""");

    assertNull(draft.tenant());
    assertEquals(List.of(), draft.keys());
    assertFalse(draft.isRetained());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "0",
        "-0",
        "1.10",
        "1e400",
        "-1E-400",
        "123456789012345678901234567890.0000",
        "true",
        "null",
        "\"\"",
        "\"a\\u0041\\\"\\/\\n\"",
        "\"\\ud800\"",
        "\"äöü € 😀 日本\"",
        "{ \"a\" :\t[ 1 ,\n2 ] ,\r\n \"ä😀\" : { } }",
        "[[[{\"a\":[null,true,\"]}\"]}]]]"
      })
  void keepsDataAsItWasSent(String data) {
    String body = " {\"type\":\"päid😀\" , \"data\" :  " + data + " \n,\"tenant\":\"é\"} ";

    assertEquals(data, Requests.one(body).data().toString());
    assertEquals(data, Requests.one("{\"type\":\"a\",\"data\":" + data + "}").data().toString());
    assertEquals(
        List.of(data, data),
        datas(Requests.json("[" + body + "," + body + "]")),
        "also where other events stand before it");
  }

  @Test
  void keepsLongDataAsItWasSent() {
    String digits = "1".repeat(5000);
    String text = "\"" + "😀é".repeat(20_000) + "\"";

    assertEquals(
        digits, Requests.one("{\"type\":\"a\",\"data\":" + digits + "}").data().toString());
    assertEquals(text, Requests.one("{\"type\":\"a\",\"data\":" + text + "}").data().toString());
  }

  @Test
  void answersAnArrayWithAList_howeverShort() {
    assertTrue(Requests.json("[{\"type\":\"a\",\"data\":1}]").isBatch());
    assertFalse(Requests.json("{\"type\":\"a\",\"data\":1}").isBatch());
  }

  @Test
  void keepsABatchsOrder() {
    String body =
        IntStream.range(0, 1000)
            .mapToObj(i -> "{\"type\":\"a\",\"data\":" + i + "}")
            .collect(Collectors.joining(",", "[", "]"));

    assertEquals(
        IntStream.range(0, 1000).mapToObj(Integer::toString).toList(), datas(Requests.json(body)));
  }

  @Test
  void readsAnEventALine_andSkipsBlankOnes() {
    Submission submission =
        Requests.read(
            Requests.of("application/x-ndjson"),
            "\n{\"type\":\"a\",\"data\":\"é\"}\r\n \t\r\n\n{\"type\":\"b\",\"data\": [2 ]}");

    assertTrue(submission.isBatch());
    assertEquals(List.of("\"é\"", "[2 ]"), datas(submission));
  }

  @Test
  void readsContentTypes_inAnyCase_withParameters() {
    Requests.read(
        Requests.of("Application/JSON ; Charset=\"UTF-8\""), "{\"type\":\"a\",\"data\":1}");
    Requests.read(
        Requests.of("application/x-ndjson;charset=us-ascii"), "{\"type\":\"a\",\"data\":1}");
  }

  @Test
  void passesOverAByteOrderMark() {
    assertEquals("\"é\"", Requests.one("\uFEFF{\"type\":\"a\",\"data\":\"é\"}").data().toString());
    assertEquals(
        List.of("1"),
        datas(
            Requests.read(
                Requests.of("application/x-ndjson"), "\uFEFF{\"type\":\"a\",\"data\":1}\n")));
  }

  @Test
  void givesEveryEventTheKeyInThePath() {
    PublishRequest request =
        new PublishRequest(
            "orders", "42", "application/json", new TreeMap<>(), null, Requests.MARIA);

    Submission submission =
        Requests.read(
            request,
            "[{\"type\":\"a\",\"data\":1},{\"type\":\"a\",\"data\":1,\"keys\":[\"1\",\"42\"]}]");

    assertEquals(
        List.of(List.of("42"), List.of("42", "1")),
        Requests.drafts(submission).stream().map(EventDraft::keys).toList());
  }

  @Test
  void putsAllEventsIntoOnePart_whichIsStoredWholeOrNotAtAll() {
    Submission submission =
        Requests.json("[{\"type\":\"a\",\"data\":1},{\"type\":\"a\",\"data\":2}]");

    assertEquals(1, submission.publication().parts().size());
    assertNull(submission.publication().parts().get(0).key());
  }

  private static List<String> datas(Submission submission) {
    return Requests.drafts(submission).stream().map(draft -> draft.data().toString()).toList();
  }
}
