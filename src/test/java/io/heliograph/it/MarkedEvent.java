package io.heliograph.it;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An event that can be told from every other by each part of its data: all of it follows from its
 * number.
 *
 * @param number in the order of making
 * @param keys those it is for
 * @param data JSON, as it is published and has to come out
 */
record MarkedEvent(int number, List<String> keys, String data) {
  private static final int KEYS = 5;

  /** Most are small; one in so many does not fit into what a server writes at once. */
  private static final int LARGE_EACH = 16;

  private static final int SMALL_REPEATS = 30;
  private static final int LARGE_REPEATS = 3000;

  private static final Pattern NUMBER = Pattern.compile("\\{\"n\":(\\d{1,9}),");

  /**
   * @param readers how many keys there are, more than an event has
   */
  static MarkedEvent of(int number, int readers) {
    SplittableRandom random = new SplittableRandom(number);
    List<String> keys = new ArrayList<>();
    while (keys.size() < KEYS) {
      String key = key(random.nextInt(readers));
      if (!keys.contains(key)) {
        keys.add(key);
      }
    }
    boolean isLarge = random.nextInt(LARGE_EACH) == 0;
    int repeats = random.nextInt(isLarge ? LARGE_REPEATS : SMALL_REPEATS);
    String data =
        ("{\"n\":" + number + ",\"to\":" + json(keys))
            + (",\"mark\":\"" + (number + ".").repeat(repeats) + "\"}");
    return new MarkedEvent(number, List.copyOf(keys), data);
  }

  /** The event that {@code data} is of; fails if one byte of it is another's. */
  static MarkedEvent read(String data, int readers) {
    Matcher matcher = NUMBER.matcher(data);
    if (!matcher.lookingAt()) {
      throw new AssertionError("no event of ours: " + data);
    }
    MarkedEvent event = of(Integer.parseInt(matcher.group(1)), readers);
    if (!event.data.equals(data)) {
      throw new AssertionError("instead of " + event.data + " came " + data);
    }
    return event;
  }

  /** Fails if it is not for {@code key}. */
  MarkedEvent requireFor(String key) {
    if (!keys.contains(key)) {
      throw new AssertionError("the reader of " + key + " got " + data);
    }
    return this;
  }

  static String key(int reader) {
    return "k" + reader;
  }

  /** As it is published. */
  String json() {
    return "{\"type\":\"t\",\"keys\":" + json(keys) + ",\"data\":" + data + "}";
  }

  private static String json(List<String> keys) {
    return "[\"" + String.join("\",\"", keys) + "\"]";
  }
}
