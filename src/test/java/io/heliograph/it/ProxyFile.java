package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A copy of a file of {@code deploy/} with other addresses and paths in it; what it says of streams
 * stays as it is.
 */
final class ProxyFile {
  private String text;

  ProxyFile(Path deployed) {
    try {
      text = Files.readString(deployed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes {@code with} wherever {@code what} stands, and fails if that is nowhere. */
  ProxyFile replace(String what, String with) {
    assertTrue(text.contains(what), () -> "'" + what + "' is not in the file any more:\n" + text);
    text = text.replace(what, with);
    return this;
  }

  /** Takes the lines in that begin with this mark, as an operator does who needs them. */
  ProxyFile uncomment(String mark) {
    return replace(mark + " ", "");
  }

  void write(Path to) {
    try {
      Files.writeString(to, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
