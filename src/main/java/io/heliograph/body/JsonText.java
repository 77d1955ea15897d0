package io.heliograph.body;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** An answer's JSON, written member by member. One thread's. */
public final class JsonText {
  private final StringBuilder text = new StringBuilder();
  private boolean isFirst = true;

  /** Begins an object. */
  public JsonText begin() {
    separate();
    text.append('{');
    isFirst = true;
    return this;
  }

  /** Begins an object, as the value of {@code name}. */
  public JsonText begin(String name) {
    name(name);
    text.append('{');
    isFirst = true;
    return this;
  }

  /** Ends the object that was begun last. */
  public JsonText end() {
    text.append('}');
    isFirst = false;
    return this;
  }

  /** Begins an array, as the value of {@code name}. */
  public JsonText beginArray(String name) {
    name(name);
    text.append('[');
    isFirst = true;
    return this;
  }

  public JsonText endArray() {
    text.append(']');
    isFirst = false;
    return this;
  }

  /** A member with a string, or null. */
  public JsonText put(String name, @Nullable String value) {
    name(name);
    quote(value);
    return this;
  }

  public JsonText put(String name, long value) {
    name(name);
    text.append(value);
    return this;
  }

  /** A member with an array of strings. */
  public JsonText put(String name, Collection<String> values) {
    beginArray(name);
    for (String value : values) {
      separate();
      quote(value);
    }
    return endArray();
  }

  private void name(String name) {
    separate();
    quote(name);
    text.append(':');
  }

  private void separate() {
    if (!isFirst) {
      text.append(',');
    }
    isFirst = false;
  }

  private void quote(@Nullable String value) {
    if (value == null) {
      text.append("null");
    } else {
      text.append('"');
      JsonStringEncoder.getInstance().quoteAsString(value, text);
      text.append('"');
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
