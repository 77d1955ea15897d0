package io.heliograph.it;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What stood between two empty lines of an event stream.
 *
 * @param id the {@code id:} field, or null without one
 * @param name the {@code event:} field, or null without one
 * @param data the {@code data:} lines, joined by LF; null without one, then no client dispatches it
 * @param retry the {@code retry:} field, or null without one
 * @param comments the comment lines
 */
record Block(
    @Nullable String id,
    @Nullable String name,
    @Nullable String data,
    @Nullable String retry,
    List<String> comments) {

  /** Whether a client would dispatch an event for it. */
  boolean isEvent() {
    return data != null;
  }

  /** Whether it only moves the client's position. */
  boolean isIdOnly() {
    return id != null && data == null && name == null && retry == null && comments.isEmpty();
  }

  boolean isComment() {
    return id == null && data == null && name == null && retry == null && !comments.isEmpty();
  }

  /** The id as a number; fails without one. */
  long number() {
    if (id == null) {
      throw new AssertionError("this block has no id: " + this);
    }
    return Long.parseLong(id);
  }

  /** The data; fails without any. */
  String text() {
    if (data == null) {
      throw new AssertionError("this block has no data: " + this);
    }
    return data;
  }

  /** Its lines, for a look at the order and spelling of everything in it. */
  @Override
  public String toString() {
    return comments.stream().map(comment -> "[:" + comment + "]").collect(Collectors.joining())
        + line("retry", retry)
        + line("id", id)
        + line("event", name)
        + line("data", data);
  }

  private static String line(String field, @Nullable String value) {
    return value == null ? "" : "[" + field + ": " + value + "]";
  }
}
