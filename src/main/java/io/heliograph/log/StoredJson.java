package io.heliograph.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.heliograph.event.EventId;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The two lists that a store keeps as one text: an event's keys and a batch's receipts. JSON, so
 * that a person with a database client can read them.
 */
final class StoredJson {
  private static final JsonFactory JSON = new JsonFactory();

  private StoredJson() {}

  /** A JSON array, or null for no keys: most events have few and many have none. */
  static @Nullable String keys(List<String> keys) {
    if (keys.isEmpty()) {
      return null;
    }
    return write(
        json -> {
          json.writeStartArray();
          for (String key : keys) {
            json.writeString(key);
          }
          json.writeEndArray();
        });
  }

  static List<String> keys(@Nullable String text) {
    if (text == null) {
      return List.of();
    }
    return parse(
        text,
        json -> {
          List<String> keys = new ArrayList<>();
          while (json.nextToken() == JsonToken.VALUE_STRING) {
            keys.add(json.getText());
          }
          return keys;
        });
  }

  /**
   * An array with an array for each receipt: {@code ["stored",isRepeat,first,count,...]} in runs of
   * contiguous ids, {@code ["conflict",key]} or {@code ["refused",reason]}.
   */
  static String receipts(List<Receipt> receipts) {
    return write(
        json -> {
          json.writeStartArray();
          for (Receipt receipt : receipts) {
            json.writeStartArray();
            writeReceipt(json, receipt);
            json.writeEndArray();
          }
          json.writeEndArray();
        });
  }

  static List<Receipt> receipts(String text) {
    return parse(
        text,
        json -> {
          List<Receipt> receipts = new ArrayList<>();
          while (json.nextToken() == JsonToken.START_ARRAY) {
            receipts.add(parseReceipt(json));
          }
          return receipts;
        });
  }

  private static void writeReceipt(JsonGenerator json, Receipt receipt) throws IOException {
    if (receipt instanceof Receipt.Stored stored) {
      json.writeString("stored");
      json.writeBoolean(stored.isRepeat());
      List<EventId> ids = stored.ids();
      int start = 0;
      for (int i = 1; i <= ids.size(); i++) {
        if (i == ids.size() || ids.get(i).value() != ids.get(i - 1).value() + 1) {
          json.writeNumber(ids.get(start).value());
          json.writeNumber(i - start);
          start = i;
        }
      }
    } else if (receipt instanceof Receipt.Conflict conflict) {
      json.writeString("conflict");
      json.writeString(conflict.key());
    } else if (receipt instanceof Receipt.Refused refused) {
      json.writeString("refused");
      json.writeString(refused.reason());
    }
  }

  private static Receipt parseReceipt(JsonParser json) throws IOException {
    json.nextToken();
    String kind = json.getText();
    json.nextToken();
    if (kind.equals("stored")) {
      boolean isRepeat = json.getBooleanValue();
      List<EventId> ids = new ArrayList<>();
      while (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
        long first = json.getLongValue();
        json.nextToken();
        int count = json.getIntValue();
        for (int i = 0; i < count; i++) {
          ids.add(new EventId(first + i));
        }
      }
      return new Receipt.Stored(ids, isRepeat);
    }
    String text = json.getText();
    json.nextToken();
    return kind.equals("conflict") ? new Receipt.Conflict(text) : new Receipt.Refused(text);
  }

  private interface Writing {
    void to(JsonGenerator json) throws IOException;
  }

  private interface Parsing<T> {
    T from(JsonParser json) throws IOException;
  }

  private static String write(Writing content) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      content.to(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static <T> T parse(String text, Parsing<T> content) {
    try (JsonParser json = JSON.createParser(text)) {
      json.nextToken();
      return content.from(json);
    } catch (IOException e) {
      throw new UncheckedIOException("a stored list is not as the hub wrote it: " + text, e);
    }
  }
}
