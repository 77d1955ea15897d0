package io.heliograph.it;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes an HTTP/1.1 response apart as its bytes come: head, then a body that is chunked, counted or
 * ends with the connection (RFC 9112, 6.3). Fails where a line is not what has to stand there.
 */
final class Response {
  /** Where the body goes. */
  interface Body {
    void bytes(byte[] bytes, int from, int to);
  }

  private enum At {
    HEAD,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILER,
    COUNTED,
    UNTIL_CLOSED,
    END
  }

  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] [1-5]\\d\\d( .*)?");
  private static final Pattern HEADER = Pattern.compile("[!#-'*+.^_`|~\\w-]+:.*");
  private static final Pattern CHUNK_SIZE = Pattern.compile("\\p{XDigit}{1,8}\\s*(;.*)?");
  private static final Pattern NOTHING = Pattern.compile("");

  private final Runnable headRead;
  private final Body body;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final Map<String, List<String>> headers = new TreeMap<>();
  private At at = At.HEAD;
  private int status;
  private long remaining;

  /**
   * @param headRead run when status and headers are known
   */
  Response(Runnable headRead, Body body) {
    this.headRead = headRead;
    this.body = body;
  }

  int status() {
    return status;
  }

  /** The only header of that name, or null without one; two are a mistake of the server. */
  @Nullable String header(String name) {
    List<String> values = headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    if (values.size() > 1) {
      throw new AssertionError(name + " came " + values.size() + " times: " + values);
    }
    return values.isEmpty() ? null : values.get(0);
  }

  /** Whether the body was ended by its own framing. */
  boolean isComplete() {
    return at == At.END;
  }

  void feed(byte[] bytes, int to) {
    int i = 0;
    while (i < to) {
      if (at == At.CHUNK || at == At.COUNTED || at == At.UNTIL_CLOSED) {
        int count = at == At.UNTIL_CLOSED ? to - i : (int) Math.min(remaining, to - i);
        body.bytes(bytes, i, i + count);
        i += count;
        counted(count);
      } else if (at == At.END) {
        throw new AssertionError((to - i) + " bytes came after the response's end");
      } else {
        byte b = bytes[i++];
        if (b == '\n') {
          String text = line.toString(StandardCharsets.ISO_8859_1);
          line.reset();
          lineEnded(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
        } else {
          line.write(b);
        }
      }
    }
  }

  private void counted(int count) {
    if (at == At.UNTIL_CLOSED) {
      return;
    }
    remaining -= count;
    if (remaining == 0) {
      at = at == At.CHUNK ? At.CHUNK_END : At.END;
    }
  }

  private void lineEnded(String text) {
    switch (at) {
      case HEAD -> head(text);
      case CHUNK_SIZE -> {
        require(CHUNK_SIZE, text);
        remaining = Long.parseLong(text.split(";", -1)[0].strip(), 16);
        at = remaining == 0 ? At.TRAILER : At.CHUNK;
      }
      case CHUNK_END -> {
        require(NOTHING, text);
        at = At.CHUNK_SIZE;
      }
      case TRAILER -> {
        if (text.isEmpty()) {
          at = At.END;
        } else {
          require(HEADER, text);
        }
      }
      default -> throw new IllegalStateException("no line is expected at " + at);
    }
  }

  private void head(String text) {
    if (status == 0) {
      require(STATUS_LINE, text);
      status = Integer.parseInt(text.split(" ", -1)[1]);
    } else if (!text.isEmpty()) {
      require(HEADER, text);
      int colon = text.indexOf(':');
      headers
          .computeIfAbsent(
              text.substring(0, colon).toLowerCase(Locale.ROOT), n -> new ArrayList<>())
          .add(text.substring(colon + 1).strip());
    } else if (status < 200) {
      status = 0;
    } else {
      at = framing();
      headRead.run();
    }
  }

  private static void require(Pattern form, String line) {
    if (!form.matcher(line).matches()) {
      throw new AssertionError("the response has '" + line + "' where " + form + " has to be");
    }
  }

  private At framing() {
    String length = header("content-length");
    if ("chunked".equalsIgnoreCase(header("transfer-encoding"))) {
      return At.CHUNK_SIZE;
    } else if (length != null) {
      remaining = Long.parseLong(length);
      return remaining == 0 ? At.END : At.COUNTED;
    }
    return status == 204 || status == 304 ? At.END : At.UNTIL_CLOSED;
  }
}
