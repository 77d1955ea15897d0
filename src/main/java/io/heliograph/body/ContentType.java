package io.heliograph.body;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A {@code Content-Type}, as far as the door asks about it.
 *
 * @param mediaType in lower case without parameters; empty where there is none
 * @param charset in lower case; empty where there is none
 */
public record ContentType(String mediaType, String charset) {

  public static ContentType parse(@Nullable String header) {
    if (header == null) {
      return new ContentType("", "");
    }
    String[] parts = header.toLowerCase(Locale.ROOT).split(";", -1);
    String charset = "";
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip();
      if (parameter.startsWith("charset=")) {
        charset = parameter.substring("charset=".length()).replace("\"", "").strip();
      }
    }
    return new ContentType(parts[0].strip(), charset);
  }

  /** Whether it declares JSON: a subtype of {@code json}, or one that ends in {@code +json}. */
  public boolean isJson() {
    return mediaType.endsWith("/json") || mediaType.endsWith("+json");
  }

  public boolean isText() {
    return mediaType.startsWith("text/");
  }

  /** Whether its text is UTF-8, by declaration or by default; ASCII is a part of it. */
  public boolean isUtf8() {
    return charset.isEmpty() || charset.equals("utf-8") || charset.equals("us-ascii");
  }
}
