package io.heliograph.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.body.RefusedRequestException;
import io.heliograph.body.RefusedRequestException.Reason;
import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventTooLargeException;
import io.heliograph.event.InvalidEventException;
import io.heliograph.log.Publication.IdempotencyKey;
import io.heliograph.log.Publication.Part;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CloudEventReaderTest {
  private static final String STRUCTURED = "application/cloudevents+json; charset=utf-8";
  private static final String BATCHED = "application/cloudevents-batch+json";
  private static final String REQUIRED =
      "\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/shop\",\"type\":\"paid\"";

  @Test
  void readsAStructuredEvent() {
    Submission submission =
        structured(
            """
            ,"subject":"42","time":"2026-11-21T08:00:00Z","tenant":"7","owner":"maria",\
            "correlationid":"c-1","retain":true,"data":{"a": 1.10},"traceparent":"00-1","n":5""");

    assertEquals(
        new EventDraft(
            "orders",
            List.of("42"),
            "7",
            "maria",
            "paid",
            EventData.of("{\"a\": 1.10}"),
            "c-1",
            true),
        Requests.only(submission));
    assertTrue(!submission.isBatch());
  }

  @Test
  void readsABatch_withAPartAnEvent() {
    Submission submission =
        Requests.read(
            Requests.of(BATCHED),
            "[{" + REQUIRED + "},{" + REQUIRED.replace("\"1\"", "\"2\"") + ",\"data\":[1]}]");

    List<Part> parts = submission.publication().parts();
    assertTrue(submission.isBatch());
    assertEquals(
        List.of("cloudevent /shop 1", "cloudevent /shop 2"),
        parts.stream().map(part -> key(part).key()).toList());
    assertEquals("maria", key(parts.get(0)).caller());
  }

  @Test
  void readsBinaryMode() {
    Submission submission =
        binary(
            "application/json",
            Map.of("subject", "42", "tenant", "7", "retain", "true", "correlationid", "c-1"),
            " {\"a\": 1.10}\n");

    assertEquals(
        new EventDraft(
            "orders", List.of("42"), "7", null, "paid", EventData.of("{\"a\": 1.10}"), "c-1", true),
        Requests.only(submission));
  }

  @Test
  void prefersTheStructuredForm_whereHeadersAreThereToo() {
    PublishRequest request = Requests.binary(STRUCTURED, Map.of("type", "other"));

    assertEquals("paid", Requests.only(Requests.read(request, "{" + REQUIRED + "}")).type());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "application/vnd.shop+json|[1]|[1]",
        "text/json|\"x\"|\"x\"",
        "application/json|null|null",
        "text/plain|say \"hi\" äö😀|\"say \\\"hi\\\" äö😀\"",
        "text/xml|<a/>|\"<a/>\"",
        "application/octet-stream|abc|\"YWJj\"",
        "application/xml|<a/>|\"PGEvPg==\""
      })
  void makesJsonOfWhateverTheDataIs(String contentType, String body, String data) {
    assertEquals(data, Requests.only(binary(contentType, Map.of(), body)).data().toString());
  }

  @Test
  void takesDataWithoutAType_forJson() {
    assertEquals("[1]", Requests.only(binary("", Map.of(), "[1]")).data().toString());
    assertThrows(RefusedRequestException.class, () -> binary("", Map.of(), "hello"));
  }

  @Test
  void takesAbsentData_forNull() {
    assertEquals("null", Requests.only(structured("")).data().toString());
    assertEquals("null", Requests.only(binary("text/plain", Map.of(), "")).data().toString());
    assertEquals("null", Requests.only(structured(",\"data\":null")).data().toString());
    assertEquals("null", Requests.only(structured(",\"data_base64\":null")).data().toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "application/json|eyJhIjoxfQ==|{\"a\":1}",
        "text/plain|w6Q=|\"ä\"",
        "image/png|AAEC|\"AAEC\""
      })
  void decodesBase64_byItsDeclaredType(String type, String base64, String data) {
    assertEquals(
        data,
        Requests.only(
                structured(
                    ",\"data_base64\":\"" + base64 + "\",\"datacontenttype\":\"" + type + "\""))
            .data()
            .toString());
  }

  @Test
  void keepsStructuredTextAsTheStringItIs() {
    assertEquals(
        "\"<a\\u002f>\"",
        Requests.only(
                structured(",\"datacontenttype\":\"application/xml\",\"data\":\"<a\\u002f>\""))
            .data()
            .toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "plain|plain",
        "Euro%20%E2%82%AC%20%F0%9F%98%80|Euro € 😀",
        "%e2%82%ac|€",
        "%2525|%25",
        "\"a b\"|a b",
        "\"a \\\"b\\\" \\\\c\"|a \"b\" \\c",
        "\"%41\"|A",
        "a\"b|a\"b",
        "%41|A"
      })
  void unescapesHeaders(String header, String value) {
    assertEquals(value, CloudEventReader.unescaped("ce-subject", header));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"%", "%4", "%4g", "%%41", "%C0%A0", "%ff", "ä", "%\u0664\u0661", "\u0001"})
  void refusesHeadersThatCannotBeUnescaped(String header) {
    RefusedRequestException refusal =
        assertThrows(
            RefusedRequestException.class, () -> CloudEventReader.unescaped("ce-a", header));

    assertEquals(Reason.MALFORMED, refusal.reason());
    assertTrue(String.valueOf(refusal.getMessage()).startsWith("ce-a"), refusal::getMessage);
  }

  @ParameterizedTest
  @ValueSource(strings = {"specversion", "id", "source", "type"})
  void requiresWhatEveryCloudEventHas(String name) {
    for (String value : new String[] {"null", "\"\"", "[]"}) {
      InvalidEventException refusal =
          assertThrows(
              InvalidEventException.class,
              () ->
                  Requests.read(
                      Requests.of(STRUCTURED),
                      "{"
                          + REQUIRED.replaceFirst(
                              "\"" + name + "\":\"[^\"]*\"", "\"" + name + "\":" + value)
                          + "}"));
      assertEquals(name, refusal.field());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        ",\"data\":1,\"data_base64\":\"AAEC\"|data",
        ",\"data_base64\":\"A\"|data_base64",
        ",\"data_base64\":7|data_base64",
        ",\"subject\":\"\"|subject",
        ",\"subject\":\"a\\nb\"|subject",
        ",\"retain\":\"yes\"|retain",
        ",\"correlation_id\":\"c\"|correlation_id",
        ",\"Tenant\":\"c\"|Tenant",
        ",\"tenant\":\"\"|tenant",
        ",\"a\":1.5|a",
        ",\"a\":{}|a",
        ",\"\":1|``"
      })
  void refusesWhatDoesNotFit(String fields, String field) {
    assertEquals(
        field, assertThrows(InvalidEventException.class, () -> structured(fields)).field());
  }

  @Test
  void refusesOtherVersions_andSourcesWithSpaces() {
    assertThrows(InvalidEventException.class, () -> binary(null, Map.of("specversion", "0.3"), ""));
    assertThrows(InvalidEventException.class, () -> binary(null, Map.of("source", "a%20b"), ""));
    assertThrows(
        InvalidEventException.class, () -> binary(null, Map.of("datacontenttype", "a/b"), ""));
  }

  @Test
  void refusesDataThatIsTooLarge_alsoWhereBase64MakesItSo() {
    String body = "a".repeat(EventData.LIMIT_BYTES - 10);

    assertThrows(
        EventTooLargeException.class, () -> binary("application/octet-stream", Map.of(), body));
    assertThrows(EventTooLargeException.class, () -> binary("text/plain", Map.of(), body + body));
  }

  @Test
  void refusesTextThatIsNotUtf8() {
    byte[] latin = "ä".getBytes(StandardCharsets.ISO_8859_1);

    assertThrows(
        RefusedRequestException.class,
        () -> PublicationReader.read(Requests.binary("text/plain", Map.of()), latin));
    assertEquals(
        Reason.UNSUPPORTED_TYPE,
        assertThrows(
                RefusedRequestException.class,
                () -> binary("text/plain; charset=iso-8859-1", Map.of(), "a"))
            .reason());
  }

  @Test
  void givesTheSameEventTheSameKeyAndFingerprint_inEveryMode() {
    IdempotencyKey one = onlyKey(structured(",\"subject\":\"42\",\"data\":[1]"));

    assertEquals(one, onlyKey(binary("application/json", Map.of("subject", "42"), "[1]")));
    assertEquals(
        one,
        onlyKey(
            Requests.read(
                Requests.of(BATCHED),
                "[{\"data\":[1],\"subject\":\"42\",\"time\":null," + REQUIRED + "}]")));
  }

  @Test
  void tellsOtherContentApart() {
    IdempotencyKey one = onlyKey(structured(",\"data\":[1]"));
    IdempotencyKey other = onlyKey(structured(",\"data\":[2]"));

    assertEquals(one.key(), other.key());
    assertNotEquals(one.fingerprint(), other.fingerprint());
  }

  @Test
  void keepsSourceAndIdApart() {
    Map<String, String> one = Map.of("source", "a", "id", "b%20c");
    Map<String, String> other = new HashMap<>(Map.of("source", "a%20b", "id", "c"));

    assertEquals("cloudevent a b c", onlyKey(binary(null, one, "")).key());
    assertThrows(InvalidEventException.class, () -> binary(null, other, ""));
  }

  @Test
  void letsTheHeadersKeyWin() {
    PublishRequest request =
        new PublishRequest("orders", null, BATCHED, new TreeMap<>(), "k-1", Requests.MARIA);

    Submission submission =
        Requests.read(request, "[{" + REQUIRED + "},{" + REQUIRED.replace("\"1\"", "\"2\"") + "}]");

    assertEquals("k-1", onlyKey(submission).key());
  }

  private static Submission structured(String moreFields) {
    return Requests.read(Requests.of(STRUCTURED), "{" + REQUIRED + moreFields + "}");
  }

  private static Submission binary(
      @Nullable String contentType, Map<String, String> attributes, String body) {
    return Requests.read(Requests.binary(contentType, attributes), body);
  }

  private static IdempotencyKey onlyKey(Submission submission) {
    List<Part> parts = submission.publication().parts();
    assertEquals(1, parts.size());
    return key(parts.get(0));
  }

  private static IdempotencyKey key(Part part) {
    return Objects.requireNonNull(part.key());
  }
}
