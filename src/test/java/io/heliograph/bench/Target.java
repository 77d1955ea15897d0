package io.heliograph.bench;

/** What is measured, and where it answers. */
enum Target {
  /** The stream that needs no declaration, with all its defaults but the limits. */
  HUB("/api/v2/streams/events", "/api/v2/streams/events/events"),
  /** {@link TextbookResource}, on the same server. */
  TEXTBOOK("/textbook/events", "/textbook/publish");

  /** Where the textbook is deployed. */
  static final String TEXTBOOK_ROOT = "textbook";

  private final String readPath;
  private final String publishPath;

  Target(String readPath, String publishPath) {
    this.readPath = readPath;
    this.publishPath = publishPath;
  }

  String readPath() {
    return readPath;
  }

  String publishPath() {
    return publishPath;
  }
}
