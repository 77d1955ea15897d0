package io.heliograph.admin;

import java.util.Map;
import java.util.TreeMap;

/**
 * One thing that was looked at.
 *
 * @param name says what, in words for an operator's rules
 * @param data numbers that help to judge it; anybody may see them
 */
record Check(String name, boolean isUp, Map<String, Long> data) {
  Check {
    data = new TreeMap<>(data);
  }

  static Check of(String name, boolean isUp) {
    return new Check(name, isUp, Map.of());
  }

  String word() {
    return isUp ? "UP" : "DOWN";
  }
}
