package io.heliograph.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The table that is printed in the end, and what must not have happened. */
final class Report {

  /** Which of two numbers is the better one. */
  enum Better {
    HIGHER,
    LOWER,
    /** Neither: a fact, not a result. */
    NONE
  }

  private static final String LINE = "%-46s%14s%14s%10s%n";

  private final String server;
  private final List<String> lines = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();

  /** Of a run on {@code server}. */
  Report(String server) {
    this.server = server;
  }

  void section(String title) {
    lines.add(String.format("%n%s%n", title));
  }

  void row(String label, Better better, @Nullable Double hub, @Nullable Double textbook) {
    String ratio = "";
    if (hub != null && textbook != null && better != Better.NONE) {
      double times = better == Better.HIGHER ? hub / textbook : textbook / hub;
      ratio = Double.isFinite(times) ? number(times) + "x" : "";
    }
    lines.add(
        String.format(
            LINE,
            "  " + label,
            hub == null ? "" : number(hub),
            textbook == null ? "" : number(textbook),
            ratio));
  }

  void note(String text) {
    lines.add("  " + text + System.lineSeparator());
  }

  /** Says that the hub broke a promise: the run has failed. */
  void violation(String text) {
    violations.add(text);
  }

  boolean hasFailed() {
    return !violations.isEmpty();
  }

  @Override
  public String toString() {
    StringBuilder table = new StringBuilder();
    table.append(String.format(LINE, "On " + server, "hub", "textbook", "better by"));
    lines.forEach(table::append);
    table.append(System.lineSeparator());
    violations.forEach(text -> table.append("FAILED: ").append(text).append('\n'));
    return table.toString();
  }

  static String number(double value) {
    String format = Math.abs(value) >= 100 ? "%,.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.2f";
    return value == Math.rint(value) && Math.abs(value) < 100
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, format, value);
  }
}
