package io.heliograph.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line between the driver and its load client: a word, then {@code name=value} pairs, separated
 * by spaces. Values hold no space.
 */
final class Fields {
  private final String word;
  private final Map<String, String> values = new LinkedHashMap<>();

  Fields(String word) {
    this.word = word;
  }

  static Fields parse(String line) {
    String[] parts = line.strip().split(" +", -1);
    Fields fields = new Fields(parts[0]);
    for (int at = 1; at < parts.length; at++) {
      int equals = parts[at].indexOf('=');
      if (equals <= 0) {
        throw new IllegalArgumentException(
            "'" + parts[at] + "' in '" + line + "' is no name=value");
      }
      fields.values.put(parts[at].substring(0, equals), parts[at].substring(equals + 1));
    }
    return fields;
  }

  Fields with(String name, Object value) {
    values.put(name, value.toString().strip().replaceAll("\\s+", "_"));
    return this;
  }

  String word() {
    return word;
  }

  String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("'" + this + "' lacks " + name);
    }
    return value;
  }

  String text(String name, String absent) {
    return values.getOrDefault(name, absent);
  }

  long number(String name) {
    return Long.parseLong(text(name));
  }

  long number(String name, long absent) {
    @Nullable String value = values.get(name);
    return value == null ? absent : Long.parseLong(value);
  }

  @Override
  public String toString() {
    StringBuilder line = new StringBuilder(word);
    values.forEach((name, value) -> line.append(' ').append(name).append('=').append(value));
    return line.toString();
  }
}
